/// The one script of a page. It moves through what is in the page already and makes no markup of its own.
///
/// Changing it changes its hash; `HTMLExportTests` says the new one.
enum HTMLScript {
    /// SHA-256 of `text`, in base64: what the policy of the page allows to run.
    static let hash = "LcoT/5kS1N9lP9yC7SpLBbc6B+a1Ou1xZRk5IYw51hA="

    static let text = #"""

        (() => {
          "use strict";
          const one = (what, where = document) => where.querySelector(what);
          const all = (what, where = document) => Array.from(where.querySelectorAll(what));
          const root = document.documentElement;
          const lines = new Map(JSON.parse(one("#session").textContent).lines.map((each) => [each.index + 1, each]));
          const stops = all("section.stop");
          const links = all("#steps a");
          const aside = one("#lesson");
          const controls = one(".controls");
          const calm = matchMedia("(prefers-reduced-motion: reduce)");
          let at = -1, reached = -1, line = null, span = null, keysOn = true;

          const linesOf = (stop) => all("li.line", stop);
          const spansOf = (line) => all("a.span", line);
          const isOpen = () => root.classList.contains("all");

          const say = (words) => { one("#status").textContent = words; };
          const manner = () => calm.matches ? "auto" : "smooth";

          // Back leads to the step or the place that was left; who goes from span to span does not want each of them there.
          function address(id, isPlace) {
            if (location.hash.slice(1) === id) return;
            try { history[isPlace ? "pushState" : "replaceState"](null, "", "#" + id); } catch { /* no matter */ }
          }

          // What scrolls around an element: its pane where panes stand side by side, else the window.
          function scroller(element) {
            for (let each = element.parentElement; each && each !== document.body; each = each.parentElement) {
              if (/auto|scroll/.test(getComputedStyle(each).overflowY) && each.scrollHeight > each.clientHeight) return each;
            }
            return document.scrollingElement;
          }

          // Brings an element to the middle of what scrolls, with its beginning in sight. One movement a pane: a second
          // one would cancel the first.
          function toMiddle(element) {
            const pane = scroller(element);
            const place = element.getBoundingClientRect();
            const isWindow = pane === document.scrollingElement;
            const top = isWindow ? 0 : pane.getBoundingClientRect().top;
            const height = isWindow ? innerHeight : pane.clientHeight;
            const above = Math.max((height - place.height) / 2, isWindow ? height / 4 : 0);
            pane.scrollTo({ top: pane.scrollTop + place.top - top - above, behavior: manner() });
          }

          // The step in the list, along the list's own direction alone.
          function inList(link) {
            const list = one("#steps ol");
            const isRow = list.scrollWidth > list.clientWidth;
            const pane = isRow ? list : scroller(link);
            if (pane === document.scrollingElement) return;
            const place = link.getBoundingClientRect(), frame = pane.getBoundingClientRect();
            pane.scrollTo(isRow
              ? { left: pane.scrollLeft + place.left - frame.left - (frame.width - place.width) / 2, behavior: manner() }
              : { top: pane.scrollTop + place.top - frame.top - (frame.height - place.height) / 2, behavior: manner() });
          }

          // Tab goes through the spans of the current line, not through all there are.
          function reachable(line, isReachable) {
            for (const each of spansOf(line)) each.tabIndex = isReachable ? 0 : -1;
          }

          // The right pane: a copy of what stands in the document, without its ids.
          function explain(ids, about) {
            const sources = [ids].flat().map((id) => id && document.getElementById(id)).filter((each) => each);
            aside.replaceChildren();
            if (about) {
              const words = document.createElement("p");
              words.className = "about";
              words.append(...about);
              aside.append(words);
            }
            for (const source of new Set(sources)) {
              const copy = source.cloneNode(true);
              for (const element of [copy, ...all("[id]", copy)]) element.removeAttribute("id");
              aside.append(copy);
            }
            if (!sources.length && !about) {
              aside.append("Nothing explains this.");
            }
            aside.scrollTop = 0;
          }

          // What departs from an RFC at a span comes before what its octets are.
          const toldOf = (span) => [...(span.dataset.findings || "").split(" "), (span.hash || "").slice(1)];

          function aboutSpan(element) {
            const [, number, index] = /^line-(\d+)-span-(\d+)$/.exec(element.id);
            const found = lines.get(Number(number)).spans[index - 1];
            const name = document.createElement("strong");
            name.textContent = element.title;
            const text = document.createElement("code");
            const isolated = document.createElement("bdi");
            isolated.textContent = element.textContent || element.dataset.glyph || "";
            text.append(isolated);
            const count = found.end - found.start;
            return [name, " ", text, " ",
              `line ${number}, ` + (count === 1 ? `octet ${found.end}` : `octets ${found.start + 1} to ${found.end}`)];
          }

          function mark() {
            stops.forEach((stop, index) => {
              stop.classList.toggle("now", index === at);
              stop.classList.toggle("tocome", index > reached);
              if (links[index]) {
                if (index === at) links[index].setAttribute("aria-current", "step");
                else links[index].removeAttribute("aria-current");
                links[index].classList.toggle("tocome", index > reached);
              }
            });
            for (const old of all(".current")) {
              old.classList.remove("current");
              reachable(old, isOpen());
            }
            for (const old of all(".span[aria-current]")) old.removeAttribute("aria-current");
            if (line) {
              line.classList.add("current");
              reachable(line, true);
            }
            if (span) span.setAttribute("aria-current", "true");
            one("#where").textContent = at < 0 ? "" : `${at + 1}/${stops.length}`;
            one("[data-do=previous]").disabled = at <= 0;
            one("[data-do=next]").disabled = at >= stops.length - 1;
          }

          function toStop(index, quiet) {
            if (index < 0 || index >= stops.length) return;
            at = index;
            reached = Math.max(reached, at);
            line = linesOf(stops[at])[0] || null;
            span = null;
            mark();
            explain(stops[at].dataset.lesson);
            const title = one("h2, h3", stops[at]);
            if (!quiet) {
              title.focus({ preventScroll: true });
              address(stops[at].id, true);
              say(`Step ${stops[at].dataset.label}, ${at + 1} of ${stops.length}`);
            }
            toMiddle(line || title);
            if (links[at]) inList(links[at]);
          }

          function toLine(element) {
            toStopOf(element);
            line = element;
            span = null;
            mark();
            const telling = document.getElementById(line.dataset.telling);
            explain(telling && toldOf(telling));
            address(line.id);
            toMiddle(line);
          }

          function toSpan(element) {
            toStopOf(element);
            line = element.closest("li.line");
            span = element;
            mark();
            explain(toldOf(span), aboutSpan(span));
            span.focus({ preventScroll: true });
            address(span.id);
            toMiddle(line);
          }

          function toStopOf(element) {
            const index = stops.indexOf(element.closest("section.stop"));
            if (index < 0) return;
            at = index;
            reached = Math.max(reached, at);
          }

          function wholeStep(direction) {
            const here = stops[at] && stops[at].dataset.step;
            let index = at + direction;
            while (stops[index] && stops[index].dataset.step === here) index += direction;
            if (direction < 0 && stops[index]) {
              const there = stops[index].dataset.step;
              while (stops[index - 1] && stops[index - 1].dataset.step === there) index -= 1;
            }
            toStop(index);
          }

          function nextLine(direction) {
            const shown = stops.slice(0, reached + 1).flatMap(linesOf);
            // A step that holds nothing but sub-steps has no line of its own.
            const before = line ? shown.indexOf(line) : stops.slice(0, at).flatMap(linesOf).length - (direction > 0 ? 1 : 0);
            const next = shown[before + direction];
            if (next) toLine(next);
          }

          function nextSpan(direction) {
            if (!line) return;
            const spans = spansOf(line);
            const index = span ? spans.indexOf(span) + direction : direction > 0 ? 0 : spans.length - 1;
            if (spans[index]) toSpan(spans[index]);
          }

          function open(everything) {
            root.classList.toggle("all", everything);
            root.classList.toggle("walk", !everything);
            one("[data-do=all]").setAttribute("aria-pressed", String(everything));
            aside.hidden = everything;
            for (const each of all("li.line")) reachable(each, everything || each === line);
            say(everything ? "The whole session is open" : "One step at a time");
            if (stops[at]) stops[at].scrollIntoView({ block: "start" });
          }

          function show(id) {
            const place = document.getElementById(id);
            if (!place) { nowhere(id === "message" ? "No message was sent in this session" : `There is no ${id} here`); return; }
            address(id, true);
            if (isOpen()) { place.scrollIntoView(); one("h2, h3", place).focus(); return; }
            explain(id);
            aside.focus({ preventScroll: true });
            if (document.scrollingElement.scrollHeight > innerHeight) aside.scrollIntoView({ block: "start", behavior: manner() });
          }

          function nowhere(words) {
            say(words);
            if (!isOpen()) explain(null, [words + "."]);
          }

          function dialog(id) {
            const box = one("#" + id);
            one("#trouble").textContent = "";
            if (!box.open) box.showModal();
            const field = one("input:not([type])", box);
            if (field) { field.value = ""; field.focus(); }
          }

          function go() {
            const wanted = one("#number").value.trim().toLowerCase();
            const index = stops.findIndex((stop) => stop.dataset.label === wanted);
            const other = index < 0 ? stops.findIndex((stop) => stop.dataset.step === wanted) : index;
            if (other < 0) { one("#trouble").textContent = "There is no such step in this session."; return; }
            one("#go").close();
            toStop(other);
          }

          const actions = {
            next: () => toStop(at + 1),
            previous: () => toStop(at - 1),
            nextStep: () => wholeStep(1),
            previousStep: () => wholeStep(-1),
            first: () => toStop(0),
            last: () => toStop(stops.length - 1),
            right: () => nextSpan(1),
            left: () => nextSpan(-1),
            down: () => nextLine(1),
            up: () => nextLine(-1),
            findings: () => show("findings"),
            message: () => show("message"),
            all: () => open(!isOpen()),
            help: () => dialog("help"),
            ask: () => dialog("go"),
            go,
            close: () => { for (const box of all("dialog[open]")) box.close(); },
          };
          const keys = {
            "n": "next", ".": "next", "p": "previous", ",": "previous", "]": "nextStep", "[": "previousStep",
            "Home": "first", "End": "last", "ArrowRight": "right", "ArrowLeft": "left", "ArrowDown": "down",
            "ArrowUp": "up", "j": "down", "k": "up", "f": "findings", "m": "message", "a": "all", "?": "help",
            "g": "ask", " ": "next", "Enter": "next", "PageDown": "next", "PageUp": "previous",
          };

          document.addEventListener("keydown", (event) => {
            const isPlain = event.getModifierState("AltGraph") || !(event.ctrlKey || event.altKey);
            if (!isPlain || event.metaKey || event.isComposing) return;
            if (event.target.id === "number") {
              if (event.key === "Enter") { event.preventDefault(); go(); }
              return;
            }
            if (one("dialog[open]")) return;
            if (event.key === "Escape" && !isOpen() && at >= 0) { explain(stops[at].dataset.lesson); return; }
            // In the lesson the arrows scroll; in the whole document as well.
            const scrolls = event.key === "ArrowDown" || event.key === "ArrowUp" || event.key === "Home"
              || event.key === "End";
            if (scrolls && (aside.contains(event.target) || isOpen())) return;
            const turns = [" ", "Enter", "PageDown", "PageUp"].includes(event.key);
            if (turns && (isOpen() || turnsElsewhere(event))) return;
            const action = keysOn && actions[turns && event.shiftKey ? "previous" : keys[event.key]];
            if (!action) return;
            event.preventDefault();
            action();
          });

          // A button or a link takes Space and Enter for itself; a lesson that goes on is read to its end first.
          function turnsElsewhere(event) {
            const isKey = event.key === " " || event.key === "Enter";
            if (isKey && event.target.closest("button, input, summary")) return true;
            if (event.key === "Enter" && event.target.closest("a[href]")) return true;
            if (!aside.contains(event.target) || event.key === "Enter") return false;
            const isBack = event.shiftKey || event.key === "PageUp";
            return isBack ? aside.scrollTop > 0 : aside.scrollTop + aside.clientHeight < aside.scrollHeight - 2;
          }

          // A copied line is its octets as they are shown, with its blanks and without our labels.
          document.addEventListener("copy", (event) => {
            const selection = getSelection();
            if (!selection.rangeCount || selection.isCollapsed) return;
            const range = selection.getRangeAt(0);
            const within = range.commonAncestorContainer;
            const frame = within.nodeType === Node.ELEMENT_NODE ? within : within.parentElement;
            if (!frame || aside.contains(frame)) return;
            const part = range.cloneContents();
            const codes = all("li.line code", part).concat(all("code", part).filter((each) => !each.closest("li.line")));
            const inLine = frame.closest("li.line");
            if (!inLine && !one("li.line", part)) return;
            const texts = inLine && !codes.length ? [part.textContent] : codes.map((each) => each.textContent);
            event.clipboardData.setData("text/plain", texts.join("\n"));
            event.preventDefault();
          });

          document.addEventListener("click", (event) => {
            const button = event.target.closest("button[data-do]");
            if (button) { actions[button.dataset.do](); return; }
            const link = event.target.closest("a[href^='#']");
            if (!link || event.ctrlKey || event.metaKey || event.shiftKey || isOpen()) return;
            if (link.classList.contains("span") && link.id) { event.preventDefault(); toSpan(link); return; }
            if (arrive(link.hash.slice(1))) event.preventDefault();
          });
          one("#keys").addEventListener("change", (event) => { keysOn = event.target.checked; });

          // Where a link leads: a step, a line, a span, a lesson, or what stands at the end of the page; false for what the
          // browser finds by itself.
          function arrive(id) {
            const place = document.getElementById(id);
            if (!place) nowhere(`There is no place called ${id} on this page`);
            else if (place.matches("section.stop")) toStop(stops.indexOf(place));
            else if (place.matches("li.line")) toLine(place);
            else if (place.matches("a.span")) toSpan(place);
            else if (place.matches("section.end, article.lesson")) show(id);
            else if (place.closest("section.stop")) toStop(stops.indexOf(place.closest("section.stop")));
            else return false;
            return true;
          }
          function returnTo() {
            const id = location.hash.slice(1);
            if (isOpen()) return;
            if (id) arrive(id); else toStop(0, true);
          }
          addEventListener("popstate", returnTo);
          addEventListener("hashchange", returnTo);

          controls.hidden = false;
          aside.hidden = false;
          root.classList.add("walk");
          for (const each of all("li.line")) reachable(each, false);
          scrollTo(0, 0);
          toStop(0, true);
          if (location.hash.length > 1) arrive(location.hash.slice(1));
        })();

        """#
}
