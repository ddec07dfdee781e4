"""A server that writes down each line it gets, answers out of order, and asks back now and then."""
import json
import random
import sys
import threading

record = open(sys.argv[1], "a")
lock = threading.Lock()
asked = 0


def send(message):
    with lock:
        sys.stdout.write(json.dumps(message) + "\n")
        sys.stdout.flush()


def answer(request, result):
    send({"jsonrpc": "2.0", "id": request["id"], "result": result})


for line in sys.stdin:
    record.write(line)
    record.flush()
    message = json.loads(line)
    method = message.get("method")
    if method == "initialize":
        answer(
            message,
            {
                "protocolVersion": message["params"]["protocolVersion"],
                "capabilities": {"tools": {}},
                "serverInfo": {"name": "recorder", "version": "1"},
            },
        )
    elif method == "tools/call":
        arguments = message["params"]["arguments"]
        result = {"content": [{"type": "text", "text": arguments["text"]}]}
        threading.Timer(random.random() * arguments["within"], answer, (message, result)).start()
        if arguments["text"].endswith("0"):
            send({"jsonrpc": "2.0", "id": asked, "method": "roots/list"})
            asked += 1
    elif method == "ping":
        answer(message, {})
    elif method is not None and "id" in message:
        error = {"code": -32601, "message": "no such method"}
        send({"jsonrpc": "2.0", "id": message["id"], "error": error})
