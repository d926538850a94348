import os

from langchain.agents import create_agent
from langchain_openai import ChatOpenAI


def weather(city: str) -> str:
    """The weather in a city."""
    return f"4 °C in {city}, light rain"


graph = create_agent(
    ChatOpenAI(model=os.environ.get("MODEL", "gpt-5-mini"), base_url=os.environ.get("MODEL_URL")),
    tools=[weather],
    system_prompt="You help the visitors of a lamp shop.",
)
