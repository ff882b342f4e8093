"""The function that the tutorials on Lambda thumbnails show, in Python with Pillow: `thumbnail` of a 200 x 200 box, saved
with Pillow's defaults. `render` answers files with CPU time and bytes, `handler` S3 events, `load` with what it took to get ready.

Needs pillow; `handler` needs boto3, and AWS_ENDPOINT_URL for where S3 is.
"""
import io
import json
import os
import sys
import urllib.parse

from PIL import Image


def thumbnail(stream, side=200):
    with Image.open(stream) as image:
        image.thumbnail((side, side))
        out = io.BytesIO()
        image.save(out, "JPEG")
        return out.getvalue()


def render(question):
    with open(question["file"], "rb") as file:
        source = file.read()
    before = os.times()
    made = [thumbnail(io.BytesIO(source), side) for side in question["sides"]]
    after = os.times()
    cpu = (after.user - before.user + after.system - before.system) * 1000
    return {"cpuMs": cpu, "bytes": len(made[0])}


def handler():
    import boto3

    # Older boto3 do not look for it themselves.
    s3 = boto3.client("s3", endpoint_url=os.environ["AWS_ENDPOINT_URL"])

    def handle(event):
        for record in event["Records"]:
            bucket = record["s3"]["bucket"]["name"]
            key = urllib.parse.unquote_plus(record["s3"]["object"]["key"])
            source = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
            made = thumbnail(io.BytesIO(source))
            s3.put_object(Bucket=bucket, Key="thumbnails/" + key, Body=made, ContentType="image/jpeg")
        return {}

    return handle


def load():
    if not os.environ.get("AWS_ENDPOINT_URL"):
        os.environ["AWS_ENDPOINT_URL"] = "https://s3.us-east-1.amazonaws.com"
    handler()
    took = os.times()
    return lambda _: {"cpuMs": (took.user + took.system) * 1000}


if __name__ == "__main__":
    answer = {"render": lambda: render, "handler": handler, "load": load}[sys.argv[1]]()
    print("ready", flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)
