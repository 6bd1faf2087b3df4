/// The one style of all pages: the look of a book, for light and dark, wide and narrow screens, and paper.
///
/// A table of looks. Changing it changes its hash; `HTMLExportTests` says the new one, and computes the contrast of every
/// pair of colours.
enum HTMLStyle {
    /// SHA-256 of `text`, in base64: what the policy of the page allows.
    static let hash = "p40XZ7s4E1KI1Lg09ANO6fZG9K7tUSvXO0SO0Zkf0f8="

    static let text = """

        :root {
          color-scheme: light dark;
          --paper: #fbf8f1; --leaf: #ffffff; --ink: #23201b; --faint: #625b50; --rule: #d8d0c0;
          --client: #0b4f8a; --server: #1c642f; --lookup: #6a3a93; --event: #5f574c;
          --flag: #9c2a1d; --flagged: #fbe9e4; --link: #0b4f8a;
          --now: #23201b; --onnow: #fbf8f1; --chosen: #ffe9a8; --code: #f3eee2;
          --serif: "Iowan Old Style", "Palatino Linotype", Palatino, "Book Antiqua", "URW Palladio L", P052, Charter,
            "Bitstream Charter", Georgia, "DejaVu Serif", serif;
          --mono: ui-monospace, "SF Mono", "Cascadia Mono", "JetBrains Mono", Menlo, Consolas, "DejaVu Sans Mono",
            "Liberation Mono", monospace;
          --small: 0.8125rem;
        }
        @media screen and (prefers-color-scheme: dark) {
          :root {
            --paper: #1a1917; --leaf: #211f1c; --ink: #ece5d8; --faint: #aaa193; --rule: #403b34;
            --client: #93c9ff; --server: #9fd8a4; --lookup: #d6b6fb; --event: #b3aa9b;
            --flag: #ff9d8a; --flagged: #3a211c; --link: #93c9ff;
            --now: #ece5d8; --onnow: #1a1917; --chosen: #5a4812; --code: #2a2723;
          }
        }
        * { box-sizing: border-box; }
        html { font: 1.0625rem/1.55 var(--serif); background: var(--paper); color: var(--ink);
          -webkit-text-size-adjust: 100%; text-size-adjust: 100%; hanging-punctuation: first; }
        body { margin: 0; overflow-wrap: break-word; }
        h1, h2, h3, h4, h5, h6 { line-height: 1.25; font-weight: 600; text-wrap: balance; margin: 1.6em 0 0.5em; }
        h1 { font-size: 1.5rem; margin: 0; }
        h2 { font-size: 1.25rem; }
        h3 { font-size: 1.0625rem; }
        h4, h5, h6 { font-size: 1rem; font-style: italic; font-weight: 400; }
        p { margin: 0.6em 0; text-wrap: pretty; }
        a { color: var(--link); text-decoration-thickness: 1px; text-underline-offset: 0.15em; }
        code, pre, kbd, .time, .who { font-family: var(--mono); font-size: 0.875em; }
        pre { background: var(--code); padding: 0.7em 0.9em; margin: 0.8em 0; overflow-x: auto; line-height: 1.5;
          white-space: pre-wrap; overflow-wrap: anywhere; border-radius: 3px; }
        pre code { font-size: 1em; }
        .diagram { display: block; max-width: 100%; height: auto; margin: 0.8em 0; font: 0.8125rem var(--mono); fill: currentColor; }
        p code, li code, td code { background: var(--code); padding: 0.05em 0.25em; border-radius: 3px; }
        blockquote { margin: 0.8em 0; padding-left: 1em; border-left: 2px solid var(--rule); color: var(--faint); }
        table { border-collapse: collapse; margin: 0.8em 0; font-size: 0.9375em; }
        th, td { text-align: left; vertical-align: top; padding: 0.25em 0.9em 0.25em 0; border-bottom: 1px solid var(--rule); }
        th { font-weight: 600; }
        .right { text-align: right; }
        hr { border: 0; border-top: 1px solid var(--rule); }
        bdi { unicode-bidi: isolate; }
        .client { color: var(--client); }
        .server { color: var(--server); }
        .quiet { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%);
          white-space: nowrap; }
        .skip { position: absolute; left: -100vw; top: 0; padding: 0.6em 1em; background: var(--now); color: var(--onnow); }
        .skip:focus { left: 0; z-index: 9; }
        :focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 2px; }
        h2:focus, h3:focus, main:focus, aside:focus { outline: none; }
        aside:focus-visible { outline: 2px solid var(--link); outline-offset: -2px; }

        .masthead { padding: 1.4rem 1.5rem 1rem; border-bottom: 1px solid var(--rule); }
        .source { color: var(--faint); font-size: var(--small); margin: 0.25em 0 0; max-width: 90ch; }
        .source span + span { padding-left: 1.2em; }

        #steps h2 { font-size: var(--small); font-weight: 400; letter-spacing: 0.12em; text-transform: uppercase;
          color: var(--faint); margin: 0 0 0.6em; }
        #steps ol { list-style: none; margin: 0; padding: 0; }
        #steps li > a, #steps li > span { display: flex; gap: 0.6em; align-items: baseline; padding: 0.2em 0.5em;
          color: inherit; text-decoration: none; border-radius: 3px; font-size: 0.9375rem; line-height: 1.35; }
        #steps li.sub > a { padding-left: 1.9em; font-size: 0.875rem; }
        #steps li { position: relative; }
        #steps li > span { color: var(--faint); font-style: italic; }
        #steps a:hover { background: var(--code); }
        #steps a[aria-current] { background: var(--now); color: var(--onnow); }
        #steps a[aria-current] .mark { color: inherit; }
        #steps .number { min-width: 1.7em; text-align: right; font-variant-numeric: tabular-nums; flex: none; }
        #steps li.sub .number { min-width: 2em; }
        #steps .words { flex: 1; min-width: 0; overflow-wrap: anywhere; }
        .mark { position: relative; color: var(--flag); font-size: 0.875em; white-space: nowrap; }

        .stop { padding: 0.2rem 0; scroll-margin: 1rem; }
        .stop > h2, .stop > h3 { margin: 1.5em 0 0.5em; }
        .stop > h2 a, .stop > h3 a { color: inherit; text-decoration: none; display: flex; gap: 0.7em; align-items: baseline; }
        .stop > h3 { font-weight: 400; font-style: italic; }
        .stop .number { font-variant-numeric: oldstyle-nums; color: var(--faint); min-width: 1.1em; }
        .wire { list-style: none; margin: 0.4rem 0; padding: 0; }
        .line { display: grid; position: relative; grid-template-columns: 4.2rem 2.6rem minmax(0, 1fr); align-items: baseline;
          padding: 0.1rem 0.4rem; border-left: 3px solid transparent; scroll-margin: 3rem; }
        .line.flagged { border-left-color: var(--flag); }
        .line:target { background: var(--code); }
        .time { color: var(--faint); font-size: 0.75rem; text-align: right; padding-right: 0.9em;
          font-variant-numeric: tabular-nums; }
        .who { white-space: nowrap; font-size: 0.8125rem; }
        .line code { white-space: break-spaces; overflow-wrap: anywhere; background: none; padding: 0; line-height: 1.6; }
        .line.client, .line.client .span { color: var(--client); }
        .line.server, .line.server .span { color: var(--server); }
        .line.lookup, .line.lookup .span { color: var(--lookup); }
        .line.note, .line.note .span { color: var(--event); }
        .line.client code { font-weight: 600; }
        .line.note code { font-style: italic; }
        .line.server code { padding-left: 0; }
        .span { text-decoration: none; border-bottom: 1px solid color-mix(in srgb, currentColor 35%, transparent);
          scroll-margin: 3rem; }
        .span + .span { margin-left: 1px; }
        .span:hover, .span:target { background: var(--chosen); color: var(--ink); }
        .span.k-separator, .span.blank, .note .span { border-bottom-color: transparent; }
        .span.end { border-bottom: 0; }
        .span.end::before { content: attr(data-glyph); font: 400 0.625rem/1 var(--mono); letter-spacing: 0.04em;
          color: var(--faint); padding-left: 0.5em; white-space: nowrap; }
        .says { grid-column: 3; margin: 0 0 0.2rem; font-size: 0.875rem; }
        .gap-note { color: var(--faint); font-style: italic; padding: 0.5rem 0.4rem; }
        .finding { grid-column: 3; margin: 0.15rem 0 0.3rem; font-size: 0.875rem; line-height: 1.4; color: var(--flag); }
        .finding a { color: inherit; }
        .finding.note { color: var(--faint); }
        #findings li { margin: 0.3em 0; }
        .lesson h3 { margin: 0 0 0.5em; }
        .lesson h4, .lesson h5, .lesson h6 { margin: 1.4em 0 0.4em; }
        .lesson p, .lesson ul, .lesson ol { max-width: 38em; hyphens: auto; }
        .lesson ul, .lesson ol { padding-left: 1.3em; }
        .sources { font-size: var(--small); color: var(--faint); border-top: 1px solid var(--rule); padding-top: 0.5em;
          margin-top: 1.4em; }
        .explained { margin: 1rem 0 2.2rem 0; padding-left: 1.4rem; border-left: 1px solid var(--rule); }
        .explained .lesson + .lesson { margin-top: 2rem; }
        .explained .part { font-size: 0.9375rem; }
        .explained .part h3 { font-style: italic; font-weight: 400; }
        .about { margin: 0 0 1.2em; padding: 0.6em 0.8em; background: var(--code); border-radius: 3px;
          font-size: 0.9375rem; overflow-wrap: anywhere; }
        .about code { background: none; color: inherit; }

        button, input { font: inherit; color: inherit; }
        button { background: var(--leaf); border: 1px solid var(--rule); border-radius: 4px; padding: 0.3em 0.75em;
          min-height: 2.4em; cursor: pointer; white-space: nowrap; font-size: 0.875rem; }
        button:hover:not(:disabled) { border-color: var(--faint); }
        button:disabled { color: var(--faint); cursor: default; }
        button.main { background: var(--now); color: var(--onnow); border-color: var(--now); }
        button.main:disabled { background: var(--leaf); color: var(--faint); border-color: var(--rule); }
        button[aria-pressed="true"] { background: var(--chosen); }
        button b { font-weight: 600; }
        kbd { border: 1px solid currentColor; border-radius: 3px; padding: 0 0.35em; }
        input:not([type]) { font-family: var(--mono); background: var(--leaf); border: 1px solid var(--faint);
          border-radius: 3px; padding: 0.2em 0.4em; }
        dialog { border: 1px solid var(--rule); border-radius: 6px; background: var(--paper); color: var(--ink);
          padding: 1.2rem 1.6rem; max-width: min(36rem, 92vw); }
        dialog::backdrop { background: rgb(0 0 0 / 45%); }
        dialog h2 { margin-top: 0; }
        dialog td:first-child { white-space: nowrap; }
        .trouble { color: var(--flag); min-height: 1.5em; }
        .bar { display: flex; flex-wrap: wrap; gap: 0.5rem; align-items: center; }
        .controls { padding: 0.5rem 1.5rem; border-top: 1px solid var(--rule); background: var(--paper); }
        .controls[hidden] { display: none; }
        .where { color: var(--faint); font-size: var(--small); font-variant-numeric: tabular-nums; min-width: 3.2em;
          text-align: center; }

        /* Without a script, and with everything open: one document. */
        .panes { display: grid; grid-template-columns: 17.5rem minmax(0, 1fr); }
        #steps { padding: 1.4rem 0.8rem 2rem 1rem; border-right: 1px solid var(--rule); }
        #wire { padding: 0 2rem 4rem; max-width: 64rem; }
        @media screen {
          #steps { position: sticky; top: 0; align-self: start; max-height: 100vh; overflow-y: auto; }
          .all .controls { position: sticky; bottom: 0; }
          .all #status { position: static; width: auto; height: auto; margin: 0.3rem 0 0; clip-path: none; font-size: var(--small); }

          /* One step at a time: three panes. */
          .walk #wire .explained, .walk #wire > .end, .walk .stop.tocome, .walk .line:not(.current) .span.end { display: none; }
          .walk #wire:not(:has(.stop.tocome)) > #verdict { display: block; }
          .walk .stop:not(.now) > h2 a, .walk .stop:not(.now) > h3 a { color: var(--faint); font-weight: 400; }
          .walk .stop:not(.now) .line.client code { font-weight: 400; }
          .walk #steps a.tocome { color: var(--faint); }
          .walk .line.current { background: var(--code); }
          .walk .line.current code bdi { display: flex; flex-wrap: wrap; row-gap: 0.4em; }
          .walk .line.current .span { display: flex; flex-direction: column; border: 0; min-width: 0; }
          .walk .line.current .span::after { content: attr(title); border-top: 2px solid currentColor; margin-right: 3px;
            font: italic 400 0.75rem/1.4 var(--serif); white-space: nowrap; padding-right: 0.5em; color: var(--faint); }
          .walk .line.current .span.blank::before { content: "·"; color: var(--faint); }
          .walk .line.current .span.k-separator::after { content: "\\00a0"; border-color: transparent; }
          .walk .line.current .span.end::before { padding: 0 0 0 0.1em; line-height: 1.49rem; }
          .walk .line.current .gap { width: 0.6em; }
          .walk .span[aria-current] { background: var(--chosen); color: var(--ink) !important; }
          .walk .span[aria-current]::after { color: var(--ink) !important; font-weight: 700 !important; }
        }
        @media screen and (min-width: 68rem) {
          .walk { overflow: hidden; }
          .walk body { height: 100vh; height: 100dvh; overflow: hidden; display: grid; grid-template-rows: auto minmax(0, 1fr) auto; }
          .walk .panes { grid-template-columns: 18rem minmax(0, 1fr) minmax(21rem, 27rem); min-height: 0; }
          .walk #steps, .walk #wire, .walk #lesson { overflow-y: auto; max-height: none; position: relative;
            align-self: stretch; }
          .walk .masthead { padding: 0.8rem 1.5rem 0.7rem; }
          .walk .masthead h1 { font-size: 1.25rem; }
          .walk .masthead .source { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden;
            max-width: none; }
          .walk #steps { padding-top: 0.9rem; }
          .walk #steps li > a, .walk #steps li > span { font-size: 0.875rem; padding-block: 0.14em; }

          /* Room below, so that the last line can stand in the middle as well. */
          .walk #wire { padding: 0 1.5rem 45vh; max-width: none; }
          .walk #lesson { border-left: 1px solid var(--rule); padding: 1.5rem 1.6rem 3rem; background: var(--leaf); }
        }
        @media screen and (max-width: 67.99rem) {
          .panes { display: block; }
          #steps { position: static; max-height: none; border-right: 0; border-bottom: 1px solid var(--rule); padding: 1rem; }
          #wire { padding: 0 1rem 2rem; max-width: none; }
          .masthead { padding: 1rem; }
          .line { grid-template-columns: 2.4rem minmax(0, 1fr); }
          .line .time { grid-column: 1 / -1; text-align: left; }
          .line:not(:first-child) .time { display: none; }
          .finding, .says { grid-column: 2; }
          .walk #steps { position: sticky; top: 0; z-index: 2; background: var(--paper); padding: 0.4rem 0.6rem; }
          .walk #steps h2, .walk #steps .words, .walk #steps .absent { display: none; }
          .walk #steps ol { display: flex; overflow-x: auto; gap: 0.15rem; }
          .walk #steps li > a, .walk #steps li.sub > a { padding: 0.35em 0.55em; gap: 0.25em; }
          .walk #steps .number { min-width: 0 !important; }
          .walk #steps .mark { font-size: 0.75em; }
          .walk .masthead .source { display: none; }
          .walk .masthead h1 { font-size: 1.125rem; }
          .walk .stop:not(.now) { display: none; }
          .walk #lesson { padding: 1.2rem 1rem 6rem; border-top: 1px solid var(--rule); background: var(--leaf); }
          .walk .controls { position: sticky; bottom: 0; z-index: 2; padding: 0.5rem; }
          .walk .bar { gap: 0.35rem; }
          .controls kbd { display: none; }
          .controls [data-do=left] kbd, .controls [data-do=right] kbd { display: inline; border: 0; }
        }
        .worksheet { max-width: 46rem; padding: 0 1.5rem 4rem; }
        .person { display: flex; gap: 2rem; margin: 0.8rem 0 0; max-width: 44rem; }
        .person span { flex: 2; border-bottom: 1px solid var(--faint); color: var(--faint); padding-bottom: 0.2em; }
        .person span + span { flex: 1; }
        .exercise pre { font-size: 0.8125rem; }
        .exercise { break-inside: avoid; }
        .exercise pre .note { color: var(--event); }
        .question { margin: 0.9em 0 0; font-style: italic; }
        .blank-line { height: 2em; border-bottom: 1px solid var(--rule); }
        .key dt { font-weight: 600; margin-top: 1em; break-after: avoid; }
        .key dd { margin: 0.2em 0 0; }
        .key dd p { margin: 0.3em 0; }
        .answer { font-size: 0.875rem; color: var(--faint); }
        @media (prefers-reduced-motion: no-preference) {
          #steps a, button { transition: background-color 0.15s; }
        }
        @media print {
          html { font-size: 10pt; line-height: 1.45; background: none; color: #000; }
          #steps, #lesson, .controls, dialog, .skip { display: none !important; }
          .panes { display: block; }
          #wire { padding: 0; max-width: none; }
          .masthead { padding: 0 0 0.6rem; }
          h2, h3, h4 { break-after: avoid; }
          .line, pre, table { break-inside: avoid; }
          p, li { orphans: 3; widows: 3; }
          .explained { columns: 2; column-gap: 1.8rem; border: 0; padding: 0; font-size: 0.9rem; margin-bottom: 1rem; }
          .explained .part { font-size: 1em; }
          .explained .lesson + .lesson { margin-top: 1.2rem; }
          .lesson h4, .lesson h5, .lesson h6 { margin: 0.9em 0 0.3em; }
          .lesson p, .lesson ul, .lesson ol { margin: 0.4em 0; }
          .sources { margin-top: 0.7em; }
          .explained pre { font-size: 0.8125rem; padding: 0.4em 0.6em; margin: 0.5em 0; }
          a { color: inherit; text-decoration: none; }
          .worksheet { padding: 0; max-width: none; }
          .key { break-before: page; font-size: 0.875rem; }
          .key dl { columns: 2; column-gap: 1.6rem; }
          .blank-line { border-color: #999; }
          @page { margin: 18mm 16mm; }
        }

        """
}
