"""What AWS does and MiniStack 1.5.33 does not, as far as this app needs it: docs/deploy.md lists it."""

import json
from urllib.parse import quote

from ministack.services import cloudwatch, eventbridge, stepfunctions
from ministack.services.cloudformation import provisioners
from ministack.core.responses import get_account_id, get_region


def record_saved_queries():
    """AWS::Logs::QueryDefinition: kept with the stack, and nothing else."""

    def create(logical_id, props, stack_name):
        return f"{stack_name}-{logical_id}", {}

    provisioners._RESOURCE_HANDLERS["AWS::Logs::QueryDefinition"] = {
        "create": create,
        "update": lambda physical_id, old, new, stack_name: (physical_id, {}),
        "delete": lambda physical_id, props: None,
    }


def tell_eventbridge_of_alarms():
    """An alarm that changes its state is an event.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
    """
    dispatch = cloudwatch._dispatch_alarm_actions

    def dispatch_and_tell(alarm, old_state, new_state, reason):
        dispatch(alarm, old_state, new_state, reason)
        detail = {
            "alarmName": alarm["AlarmName"],
            "state": {"value": new_state, "reason": reason},
            "previousState": {"value": old_state},
        }
        entry = {
            "Source": "aws.cloudwatch",
            "DetailType": "CloudWatch Alarm State Change",
            "Resources": [alarm["AlarmArn"]],
            "Detail": json.dumps(detail),
        }
        eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)

    cloudwatch._dispatch_alarm_actions = dispatch_and_tell


def let_state_machines_update_mappings():
    """The task arn:aws:states:::aws-sdk:lambda:updateEventSourceMapping."""
    dispatch = stepfunctions._dispatch_aws_sdk_lambda_rest

    def dispatch_more(service_info, service_name, action, input_data):
        if action != "updateEventSourceMapping":
            return dispatch(service_info, service_name, action, input_data)
        from ministack import app

        body = dict(input_data)
        path = f"/2015-03-31/event-source-mappings/{quote(body.pop('Uuid'))}"
        headers = {
            "content-type": "application/json",
            "authorization": f"AWS4-HMAC-SHA256 Credential={get_account_id()}/20260101/{get_region()}/lambda/aws4_request",
        }
        handler = app.SERVICE_HANDLERS["lambda"]
        status, _, answer = app.call_service_handler_sync(handler, "PUT", path, headers, json.dumps(body).encode(), {})
        if status >= 400:
            raise stepfunctions._ExecutionError("Lambda.LambdaException", str(answer))
        return json.loads(answer)

    stepfunctions._dispatch_aws_sdk_lambda_rest = dispatch_more


def add_all():
    record_saved_queries()
    tell_eventbridge_of_alarms()
    let_state_machines_update_mappings()
