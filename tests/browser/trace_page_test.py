"""The page of `mlp explain --trace` in headless Chromium: what pointing and keys show, against autograd.

    /usr/bin/python3 tests/browser/trace_page_test.py [TEST...]

Wants the Debian packages chromium, chromium-driver and python3-selenium. SamplePage and WidePage draw the networks of
trace_sample.py; RealPage draws what the program writes: the page in the environment variable TRACE_PAGE with the
trace.json beside it, else what build/bin/mlp makes of configs/mlp/xor.json. Without a program RealPage is skipped,
and fails where CI is "true".
"""
import base64
import hashlib
import json
import math
import os
import pathlib
import subprocess
import tempfile
import unittest

import torch
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

import trace_sample

ROOT = pathlib.Path(__file__).resolve().parents[2]
FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync",
         "--disable-component-update", "--no-first-run", "--window-size=1300,1000"]
SHELL = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{hash}'">
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,"><title>Trace</title>
<style>{page_style}
#language-en:checked ~ * [lang="zh"], #language-zh:checked ~ * [lang="en"] {{ display: none; }}
{style}</style></head>
<body><input type="radio" name="language" id="language-en" checked><label for="language-en">English</label>
<input type="radio" name="language" id="language-zh"><label for="language-zh">中文</label>
<main id="content"><section><h2><span lang="en">One pass, every number</span><span lang="zh">一次计算的每个数</span></h2>
<div id="trace"></div></section></main>
<script type="application/json" id="trace-data">{data}</script>
<script>{script}</script>
</body></html>
"""


def page_of(trace):
    """A page around the JSON of a trace, under the rules of the program's pages."""
    script = "".join((ROOT / "apps/mlp/page" / name).read_text() for name in ("trace_text.js", "trace.js"))
    page_style = (ROOT / "common/report/html_style.h").read_text().split('R"css(')[1].split(')css"')[0]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return SHELL.format(hash=digest, page_style=page_style, style=(ROOT / "apps/mlp/page/trace.css").read_text(),
                        data=json.dumps(trace).replace("<", "\\u003c"), script=script)
