"""`./guide`: the one command for everything. Nothing that does not need Rasa imports it."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from bot.settings import Settings

err = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 well, 1 something is wrong, 2 called wrongly."""
    args = _parser().parse_args(argv)
    try:
        return int(args.run(args, Settings.load()) or 0)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except Exception as error:
        known = _known(error)
        if known is None:
            raise
        err.print(known, style="red", markup=False)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./guide", description="“一件事一次办”导办")
    commands = parser.add_subparsers(required=True, metavar="命令")

    serve = commands.add_parser("serve", help="启动:网页、微信、12345 坐席台、HTTP 接口")
    serve.add_argument("--host", help="监听地址(默认 GUIDE_HOST 或 127.0.0.1)")
    serve.add_argument("--port", type=int, help="端口(默认 GUIDE_PORT 或 8000)")
    serve.set_defaults(run=_serve)

    chat = commands.add_parser("chat", help="在终端里办事")
    chat.add_argument("--json", action="store_true", help="一行一句话进,一行一个 JSON 出")
    chat.add_argument("--region", help="行政区划代码(GB/T 2260),例如 431021")
    chat.add_argument("--sender", help="谁在说话;同一个人再来就接着办")
    chat.set_defaults(run=_chat)

    match = commands.add_parser("match", help="只看听成了哪一件事(一行一句)")
    match.add_argument("--json", action="store_true", help="输出 JSON")
    match.set_defaults(run=_match)

    check = commands.add_parser("check", help="检查办事指南有没有写错")
    check.add_argument("--figures", action="store_true", help="把我们算的和公布的数字摆在一起")
    check.set_defaults(run=_check)

    train = commands.add_parser("train", help="训练对话意图")
    train.add_argument("--force", action="store_true", help="没有改动也重新训练")
    train.set_defaults(run=_train)

    evaluate = commands.add_parser("evaluate", help="听懂了多少:按种类打分,列出错得最厉害的")
    evaluate.add_argument("files", nargs="*", type=Path, metavar="文件.jsonl", help="默认:tests/understand 的开发集")
    evaluate.add_argument("--compare", action="store_true", help="同一份句子也给对照听(Rasa、BM25 …,约十分钟)")
    evaluate.add_argument("--whole-rasa", action="store_true", help="同上,Rasa 的 DIET 带 Transformer(一小时以上)")
    evaluate.add_argument("--new", action="store_true", help="每件事轮流只留指南和五句话,看新的一件事听不听得懂")
    evaluate.add_argument("--facts", action="store_true", help="再量顺口说出的情形听准了多少")
    evaluate.add_argument("--json", type=Path, metavar="文件", help="把数字写成 JSON")
    evaluate.set_defaults(run=_evaluate)

    bench = commands.add_parser("bench", help="量一量有多快(数字和对照一起跑)")
    kinds = bench.add_subparsers(required=True, metavar="量什么")
    turns = kinds.add_parser("turns", help="一轮对话:和原装 Rasa 并排,约四分钟")
    turns.add_argument("--json", type=Path, metavar="文件", help="把数字写成 JSON")
    turns.add_argument("--seconds", type=float, default=8.0, help="每种并发压多少秒(默认 8)")
    turns.set_defaults(run=_bench_turns)
    understand = kinds.add_parser("understand", help="听懂一句话,一百万份指南的索引;和 bm25s、rapidfuzz 并排,约六分钟")
    understand.add_argument("--json", type=Path, metavar="文件", help="把数字写成 JSON")
    understand.set_defaults(run=_bench_understand)

    test = commands.add_parser("test", help="跑全部测试(格式、类型、结构、行为、浏览器)")
    test.add_argument("rest", nargs=argparse.REMAINDER, help="交给 pytest 的参数")
    test.set_defaults(run=_test)
    return parser


def _known(error: Exception) -> str | None:
    """The sentence for the operator if the error is one that we foresee, else None."""
    from cases.database import DatabaseProblem
    from cases.secret import WrongKey
    from knowledge.problem import BrokenKnowledge

    if isinstance(error, BrokenKnowledge):
        return f"办事指南有错,改好再启动(./guide check 看全部):\n{error}"
    foreseen = isinstance(error, (DatabaseProblem, WrongKey)) or type(error).__name__ in (
        "NoModel",
        "NoBrowser",
        "NotUp",
        "BrokenSet",
        "Unreadable",
    )
    return str(error) if foreseen or type(error) in (ValueError, OSError, RuntimeError) else None


def _serve(args: argparse.Namespace, settings: Settings) -> int:
    from bot.serve import serve

    return serve(settings, args.host or settings.host, args.port or settings.port)


def _chat(args: argparse.Namespace, settings: Settings) -> int:
    from bot.serve import ready

    guide = ready(settings, quiet=args.json)
    from bot.chat import chat

    asyncio.run(chat(guide, sender=args.sender, region=args.region, as_json=args.json))
    return 0


def _match(args: argparse.Namespace, settings: Settings) -> int:
    from bot.match import match
    from bot.serve import hearing
    from knowledge.store import Library

    match(Library().now, hearing(settings, quiet=args.json), as_json=args.json)
    return 0


def _check(args: argparse.Namespace, settings: Settings) -> int:
    from bot.check import check

    return check(show_figures=args.figures)


def _train(args: argparse.Namespace, settings: Settings) -> int:
    from bot.serve import trained

    trained(settings, force=args.force)
    return 0


def _bench_turns(args: argparse.Namespace, settings: Settings) -> int:
    from bot.bench.turns import bench
    from bot.serve import trained

    trained(settings, quiet=True)
    return bench(settings, args.seconds, args.json)


def _bench_understand(args: argparse.Namespace, settings: Settings) -> int:
    from bot.bench.understand import bench
    from bot.serve import trained

    trained(settings, quiet=True)
    return bench(settings, args.json)


def _evaluate(args: argparse.Namespace, settings: Settings) -> int:
    from bot import evaluate, evaluate_facts, evaluate_new
    from bot.serve import hearing
    from bot.settings import DEVELOPMENT

    services = hearing(settings)
    files = args.files or sorted(DEVELOPMENT.glob("d*.jsonl"))
    peers: evaluate.Peers = ()
    if args.compare or args.whole_rasa:
        from bot.peers import peers as all_peers

        peers = all_peers(services.ranker.examples, args.whole_rasa)
    code = evaluate.run(services, files, args.json, peers)
    if args.new:
        evaluate_new.run(services.ranker, evaluate.read(files))
    if args.facts:
        evaluate_facts.show(sorted(DEVELOPMENT.glob("facts*.jsonl")))
    return code


def _test(args: argparse.Namespace, settings: Settings) -> int:
    from bot.testing import run_tests

    return run_tests(args.rest)


if __name__ == "__main__":
    sys.exit(main())
