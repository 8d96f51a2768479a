"""A FastAPI service with the request of POST /predict; answers the requests of a file, without a socket.

Usage: fastapi_twin.py CASES
CASES is a JSON list of {"body": base64, "type": Content-Type or null}; printed is a list of {"status", "body"}.
"""
import asyncio
import base64
import json
import sys
from enum import Enum
from typing import List

from fastapi import FastAPI
from pydantic import BaseModel


class Network(str, Enum):
    LSTM = "LSTM"
    GRU = "GRU"
    RNN = "RNN"
    Transformer = "Transformer"


class Request(BaseModel):
    model_type: Network
    heart_rate: List[float]
    motion_x: List[float]
    motion_y: List[float]
    motion_z: List[float]
    steps: List[float]
    motion_magnitude: List[float] = []


app = FastAPI()


@app.post("/predict")
def predict(request: Request):
    return {"predicted_label": "Wake"}


async def ask(case):
    body = base64.b64decode(case["body"])
    headers = [(b"content-type", case["type"].encode())] if case["type"] is not None else []
    answer = {}

    async def receive():
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message):
        if message["type"] == "http.response.start":
            answer["status"] = message["status"]
        else:
            answer["body"] = answer.get("body", b"") + message.get("body", b"")

    scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http", "path": "/predict",
             "raw_path": b"/predict", "query_string": b"", "headers": headers, "client": ("test", 1), "server": ("test", 80), "root_path": ""}
    try:
        await app(scope, receive, send)
    except Exception:  # the server answers 500
        return {"status": 500, "body": None}
    try:
        shown = json.loads(answer["body"])
    except ValueError:
        shown = None
    return {"status": answer["status"], "body": shown}


async def main():
    with open(sys.argv[1]) as file:
        cases = json.load(file)
    json.dump([await ask(case) for case in cases], sys.stdout)


asyncio.run(main())
