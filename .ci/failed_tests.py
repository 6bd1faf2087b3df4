"""The tests that failed, from a file of results as JUnit has them: a line each, its name, a tab, a filter that finds it alone.

Says in a sentence why and ends with 1 where there is nothing to repeat: no results (the run itself broke off), no test that
failed, or so many that it is no accident.
"""

import re
import sys
import xml.etree.ElementTree

MOST = 12


def failed(path):
    for case in xml.etree.ElementTree.parse(path).getroot().iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            yield case.get("classname"), case.get("name")


def main():
    try:
        names = list(dict.fromkeys(failed(sys.argv[1])))
    except (OSError, xml.etree.ElementTree.ParseError) as error:
        sys.exit(f"the tests broke off, so there are no results: {error}")
    if not names:
        sys.exit("the tests failed, and no single one of them did")
    if len(names) > MOST:
        sys.exit(f"{len(names)} tests failed, which is no accident; they are not repeated")
    for suite, name in names:
        # The results part a suite within a suite by a dot, the filter's names by a slash.
        path = re.escape(suite).replace(r"\.", "[./]")
        print(f"{suite}/{name}", f"^{path}[./]{re.escape(name)}", sep="\t")


main()
