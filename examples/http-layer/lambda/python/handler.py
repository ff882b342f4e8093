import os

import requests

URL = os.environ["API_URL"]


def handler(event, context):
    """Answers with the JSON of the API, whatever the event."""
    # In seconds: to connect, and between two packets of the answer.
    response = requests.get(URL, timeout=10)
    if response.status_code != 200:
        raise RuntimeError(f"Expected status 200 from {URL} but received {response.status_code}.")
    return response.json()
