"""The function of the documents, as anyone would write it from them: one image in, one thumbnail out."""

import io
import os

import boto3
from PIL import Image

s3 = boto3.client("s3", endpoint_url=os.environ.get("AWS_ENDPOINT_URL"))


def handler(event, context):
    record = event["Records"][0]
    bucket = record["s3"]["bucket"]["name"]
    key = record["s3"]["object"]["key"]

    source = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    image = Image.open(io.BytesIO(source))
    image.thumbnail((200, 200))
    thumbnail = io.BytesIO()
    image.save(thumbnail, "JPEG")
    s3.put_object(
        Bucket=bucket,
        Key=f"miniaturas/{key}",
        Body=thumbnail.getvalue(),
        ContentType="image/jpeg",
    )
    return {"statusCode": 200, "body": f"Miniatura de {key} generada con éxito."}
