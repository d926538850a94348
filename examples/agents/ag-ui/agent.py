import hmac
import os

from pydantic_ai import Agent
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider
from pydantic_ai.ui.ag_ui import AGUIAdapter
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

AGENT_KEY = os.environ["AGENT_KEY"]

model = OpenAIChatModel(
    os.environ.get("MODEL", "gpt-5-mini"),
    provider=OpenAIProvider(base_url=os.environ.get("MODEL_URL"), api_key=os.environ.get("MODEL_KEY")),
)
agent = Agent(model, instructions="You help the visitors of a lamp shop.")


@agent.tool_plain
def weather(city: str) -> str:
    """The weather in a city."""
    return f"4 °C in {city}, light rain"


async def run(request):
    if not hmac.compare_digest(request.headers.get("x-agent-key", ""), AGENT_KEY):
        return Response(status_code=403)
    return await AGUIAdapter.dispatch_request(request, agent=agent)


app = Starlette(routes=[Route("/", run, methods=["POST"])])
