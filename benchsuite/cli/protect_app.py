"""``benchsuite protect`` and its options."""

from __future__ import annotations

from typing import Annotated

import typer

from benchsuite.cli.choices import AsJson, Backends, NoPlugins, Output, Plugins, PresetName, Resume, Seed


def protect(
    protection: Annotated[
        list[str] | None,
        typer.Option(
            "--protection", metavar="NAME,…", help="What protects: crc-32c,hsiao-72-64; may be repeated."
        ),
    ] = None,
    model: Annotated[
        list[str] | None,
        typer.Option("--model", metavar="MODEL", help="How stored bits flip: bsc:1e-5; may be repeated."),
    ] = None,
    data: Annotated[str, typer.Option("--data", metavar="SIZE", help="Of an object: 4KiB.")] = "4KiB",
    backend: Backends = None,
    trials: Annotated[
        int, typer.Option("--trials", metavar="N", min=1, help="Objects struck by each model.")
    ] = 10_000,
    no_speed: Annotated[bool, typer.Option("--no-speed", help="Measure no speed.")] = False,
    preset: Annotated[
        PresetName, typer.Option("--preset", help="How long to measure speed.")
    ] = PresetName.quick,
    seed: Seed = 1,
    plugin: Plugins = None,
    no_plugin: NoPlugins = None,
    output: Output = None,
    resume: Resume = None,
    json: AsJson = False,
) -> None:
    """Strike stored objects alike, however they are protected: overhead, what is mended or missed, speed."""
    from benchsuite.cli.protect import Request, protect_command

    request = Request(
        protections=tuple(name for each in protection or () for name in each.split(",")),
        models=tuple(model or ()),
        data=data,
        backends=tuple(backend or ()),
        trials=trials,
        speed=not no_speed,
        preset=preset.value,
        seed=seed,
    )
    raise typer.Exit(
        protect_command(
            request,
            plugins=plugin or [],
            blocked=no_plugin or [],
            output=output,
            resume=resume,
            json=json,
        )
    )
