"""Our engine with the trivial action behind HTTP, in a process of its own: `python -m bot.bench.ours PORT`."""

from __future__ import annotations

import sys

from bot import quiet
from bot.settings import Settings
from bot.untrained import serve_without_tensorflow


def main(port: int) -> None:
    """Serve the web channel over the trivial action until told to stop."""
    quiet.begin()
    serve_without_tensorflow()
    import uvicorn
    from fastapi import FastAPI

    from bot.agent import RasaAgent
    from bot.bench.trivial import ActionTrivial
    from bot.training import model_file
    from channels import web
    from channels.message import Message, Reply, Turn

    agent = RasaAgent(model_file(Settings.load().models), ActionTrivial())

    async def answer(turn: Turn) -> Reply:
        reply = await agent.turn(turn.channel, turn.sender, turn.text, turn.region)
        return Reply("answered", tuple(Message(m["text"]) for m in (reply or {"messages": []})["messages"]))

    app = FastAPI()
    app.include_router(web.router(answer))
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", ws="none")


if __name__ == "__main__":
    main(int(sys.argv[1]))
