"""Uploads files with boto3: drop.py BUCKET FOLDER FILE..."""

import os
import sys

import boto3

bucket, folder, *files = sys.argv[1:]
s3 = boto3.client("s3")
for file in files:
    s3.upload_file(file, bucket, f"{folder}/{os.path.basename(file)}")
