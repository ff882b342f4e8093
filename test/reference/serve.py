"""Answers events with the reference function: one of JSON a line on standard input, its answer or error on standard output."""

import json
import sys

from reference import handler

for line in sys.stdin:
    try:
        answer = {"answer": handler(json.loads(line), None)}
    except Exception as error:  # Whatever ends the function is its answer here.
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
