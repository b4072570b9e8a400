"""Functions that the tests of the runtime invoke, each wrong in its own way or not at all."""

import os
import sys
import time

print("imported")


def echo(event, context):  # type: ignore[no-untyped-def]
    print('{"said": "hello"}')
    return {"event": event, "request_id": context.aws_request_id}


def environment(event, context):  # type: ignore[no-untyped-def]
    return dict(os.environ)


def about_context(event, context):  # type: ignore[no-untyped-def]
    return {
        "arn": context.invoked_function_arn,
        "name": context.function_name,
        "left": context.get_remaining_time_in_millis(),
        "cwd": str(os.getcwd()),  # noqa: PTH109
    }


def refuse(event, context):  # type: ignore[no-untyped-def]
    raise Exception("Unauthorized")  # noqa: TRY002


def die(event, context):  # type: ignore[no-untyped-def]
    os._exit(3)


def hang(event, context):  # type: ignore[no-untyped-def]
    time.sleep(60)


def not_json(event, context):  # type: ignore[no-untyped-def]
    return {1, 2}


def chatter(event, context):  # type: ignore[no-untyped-def]
    sys.stdout.write("x" * 200_000 + "\n")
    sys.stderr.write("to stderr\n")
    return "done"


def count(event, context, seen=[]):  # type: ignore[no-untyped-def]  # noqa: B006
    seen.append(event)
    return len(seen)
