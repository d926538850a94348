import hmac
import json
import os

from langgraph_sdk import get_client
from starlette.applications import Starlette
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

AGENT_KEY = os.environ["AGENT_KEY"]


async def message(request):
    if not hmac.compare_digest(request.headers.get("x-agent-key", ""), AGENT_KEY):
        return Response(status_code=403)
    call = await request.json()
    if call["action"] != "sendMessage":
        return Response(status_code=501)
    turns = [{"role": turn["role"], "content": turn["content"]} for turn in call.get("history", [])]
    turns.append({"role": "user", "content": call["chatInput"]})

    async def events():
        run = get_client().runs.stream(
            None, "shop", input={"messages": turns}, stream_mode="messages-tuple", on_disconnect="cancel"
        )
        async for part in run:
            yield f"event: {part.event}\ndata: {json.dumps(part.data)}\n\n"

    return StreamingResponse(events(), media_type="text/event-stream")


app = Starlette(routes=[Route("/porthole", message, methods=["POST"])])
