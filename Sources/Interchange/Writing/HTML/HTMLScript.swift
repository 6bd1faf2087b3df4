/// The one script of a page. It moves through what is in the page already and makes no markup of its own.
///
/// Changing it changes its hash; `HTMLExportTests` says the new one.
enum HTMLScript {
    /// SHA-256 of `text`, in base64: what the policy of the page allows to run.
    static let hash = "fOlbN+3oKlAr4ereS2j6mE7lVK08k06AQC0RfI8N7fg="

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
          const seen = (element) => element.scrollIntoView({
            block: "nearest", behavior: calm.matches ? "auto" : "smooth" });
          const address = (id) => { try { history.replaceState(null, "", "#" + id); } catch { /* no matter */ } };

          // Tab goes through the spans of the current line, not through all there are.
          function reachable(line, isReachable) {
            for (const each of spansOf(line)) each.tabIndex = isReachable ? 0 : -1;
          }

          // The right pane: a copy of what stands in the document, without its ids.
          function explain(id, about) {
            const source = id && document.getElementById(id);
            aside.replaceChildren();
            if (about) {
              const words = document.createElement("p");
              words.className = "about";
              words.append(...about);
              aside.append(words);
            }
            if (source) {
              const copy = source.cloneNode(true);
              for (const element of [copy, ...all("[id]", copy)]) element.removeAttribute("id");
              aside.append(copy);
            } else if (!about) {
              aside.append("Nothing explains this.");
            }
            aside.scrollTop = 0;
          }

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
              `line ${number}, ` + (count === 1 ? `octet ${found.start}` : `octets ${found.start} to ${found.end - 1}`)];
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
              address(stops[at].id);
              say(`Step ${stops[at].dataset.label}, ${at + 1} of ${stops.length}`);
            }
            seen(stops[at]);
            seen(title);
            if (links[at]) seen(links[at]);
          }

          function toLine(element) {
            toStopOf(element);
            line = element;
            span = null;
            mark();
            const first = spansOf(line).find((each) => !each.classList.contains("blank"));
            explain(first && first.hash.slice(1));
            address(line.id);
            seen(line);
          }

          function toSpan(element) {
            toStopOf(element);
            line = element.closest("li.line");
            span = element;
            mark();
            explain(span.hash.slice(1), aboutSpan(span));
            span.focus({ preventScroll: true });
            address(span.id);
            seen(line);
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
            const next = shown[shown.indexOf(line) + direction];
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
            const place = one("#" + id);
            if (!place) return say("There is none in this session");
            if (isOpen()) { place.scrollIntoView(); one("h2", place).focus(); return; }
            explain(id);
            aside.focus();
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
            "g": "ask",
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
            const action = keysOn && actions[keys[event.key]];
            if (!action) return;
            event.preventDefault();
            action();
          });

          document.addEventListener("click", (event) => {
            const button = event.target.closest("button[data-do]");
            if (button) { actions[button.dataset.do](); return; }
            const link = event.target.closest("a[href^='#']");
            if (!link || event.ctrlKey || event.metaKey || event.shiftKey || isOpen()) return;
            if (link.classList.contains("span") && link.id) { event.preventDefault(); toSpan(link); return; }
            const id = link.hash.slice(1);
            if (id.startsWith("lesson-")) { event.preventDefault(); explain(id); aside.focus(); return; }
            if (arrive(id)) event.preventDefault();
          });
          one("#keys").addEventListener("change", (event) => { keysOn = event.target.checked; });

          // A link to a step, a line or a span; false when it is to none of them.
          function arrive(id) {
            const place = id && document.getElementById(id);
            if (!place) return false;
            if (place.matches("section.stop")) toStop(stops.indexOf(place));
            else if (place.matches("li.line")) toLine(place);
            else if (place.matches("a.span")) toSpan(place);
            else return false;
            return true;
          }
          addEventListener("hashchange", () => { if (!isOpen()) arrive(location.hash.slice(1)); });

          controls.hidden = false;
          aside.hidden = false;
          root.classList.add("walk");
          for (const each of all("li.line")) reachable(each, false);
          scrollTo(0, 0);
          if (!arrive(location.hash.slice(1))) toStop(0, true);
        })();

        """#
}
