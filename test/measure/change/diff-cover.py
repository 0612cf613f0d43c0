"""What diff-cover says: one JSON question a line on stdin, one answer a line on stdout. It asks git itself."""

import json
import os
import sys
import xml.etree.ElementTree as etree

from diff_cover.diff_reporter import GitDiffReporter
from diff_cover.git_diff import GitDiffTool
from diff_cover.git_path import GitPathTool
from diff_cover.report_generator import JsonReportGenerator
from diff_cover.violationsreporters.violations_reporter import (
    LcovCoverageReporter,
    XmlCoverageReporter,
)


def coverage(question):
    files = question["reports"]
    if question["format"] == "lcov":
        return LcovCoverageReporter([LcovCoverageReporter.parse(file) for file in files])
    return XmlCoverageReporter([etree.parse(file).getroot() for file in files])


for line in sys.stdin:
    asked = json.loads(line)
    os.chdir(asked["root"])
    GitPathTool.set_cwd(asked["root"])
    diff = GitDiffReporter(asked["base"], git_diff=GitDiffTool("...", False))
    told = JsonReportGenerator(coverage(asked), diff).report_dict()
    answer = {
        "lines": told["total_num_lines"],
        "open": told["total_num_violations"],
        "percent": told["total_percent_covered"],
        "files": {
            name: {"covered": stats["covered_lines"], "uncovered": stats["violation_lines"]}
            for name, stats in told["src_stats"].items()
        },
        "changed": {name: diff.lines_changed(name) for name in diff.src_paths_changed()},
    }
    print(json.dumps(answer), flush=True)
