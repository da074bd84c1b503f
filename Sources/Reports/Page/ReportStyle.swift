/// How the report looks: light or dark as the reader's system is, narrow or wide as the window is.
///
/// Text keeps 4.5:1 against its background in both. The six line colours can be told apart
/// with the common colour blindnesses; where two lines are near each other one is dashed.
enum ReportStyle {
    static let text: Markup = """
        :root{--bg:#f6f7f9;--card:#fff;--ink:#16202c;--soft:#55616f;--rule:#dfe4ea;--grid:#e8ecf0;
        --good:#0b6b3a;--goodbg:#e3f4ea;--bad:#a3122a;--badbg:#fce8ea;--unsure:#7a4a00;--unsurebg:#fff2d9;
        --s1:#1f6fc4;--s2:#c9510c;--s3:#0a7f6c;--s4:#b3265e;--s5:#6b4fc0;--band:#1f6fc40d;--band2:#1f6fc41c}
        @media(prefers-color-scheme:dark){:root{--bg:#0d1117;--card:#141a23;--ink:#d7dfe8;--soft:#95a1b0;--rule:#273140;--grid:#202938;
        --good:#6bd68f;--goodbg:#10291c;--bad:#ff8a96;--badbg:#35151b;--unsure:#f7c45c;--unsurebg:#2e2410;
        --s1:#5cb3ff;--s2:#ffab57;--s3:#45d6b5;--s4:#ff7aa8;--s5:#b79cff;--band:#5cb3ff0d;--band2:#5cb3ff1f}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",sans-serif}
        main{max-width:1240px;margin:0 auto;padding:28px 20px 60px}
        h1{font-size:27px;line-height:1.2;margin:2px 0 6px;overflow-wrap:anywhere}
        h2{font-size:18px;margin:34px 0 12px}
        h3{font-size:14px;display:inline;margin:0}
        .hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
        .brand{margin:0;color:var(--soft);letter-spacing:.14em;text-transform:uppercase;font-size:12px;font-weight:600}
        .facts{margin:0;color:var(--soft)}.facts span+span::before{content:"\\B7";margin:0 8px}
        .note{color:var(--soft);font-size:13px;font-weight:400}
        .verdict{margin:20px 0 22px;padding:14px 18px;border-radius:10px;border-left:6px solid var(--soft);background:var(--card)}
        .verdict p,.verdict ul{margin:0}.verdict .word{font-size:20px;font-weight:700}
        .verdict ul{padding-left:20px}
        .verdict.good{background:var(--goodbg);border-color:var(--good)}.verdict.good .word{color:var(--good)}
        .verdict.bad{background:var(--badbg);border-color:var(--bad)}.verdict.bad .word{color:var(--bad)}
        .verdict.unsure{background:var(--unsurebg);border-color:var(--unsure)}.verdict.unsure .word{color:var(--unsure)}
        .sum{margin:12px 0 6px;font-weight:600}.checks th{text-align:left}
        .tiles{display:grid;grid-template-columns:repeat(auto-fill,minmax(145px,1fr));gap:10px;margin:0}
        .tiles div{background:var(--card);border:1px solid var(--rule);border-radius:8px;padding:9px 13px 7px;display:flex;flex-direction:column-reverse}
        .tiles dd{margin:0;font-size:22px;font-weight:650;font-variant-numeric:tabular-nums;line-height:1.3}
        .tiles dt{color:var(--soft);font-size:13px}
        .wide{overflow-x:auto;background:var(--card);border:1px solid var(--rule);border-radius:8px}
        .tall{max-height:420px;overflow-y:auto}
        table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
        th,td{padding:6px 12px;text-align:right;white-space:nowrap;border-top:1px solid var(--grid);vertical-align:top}
        tr:first-child>*{border-top:0}tbody tr:first-child>*{border-top:1px solid var(--grid)}
        thead th{color:var(--soft);font-size:13px;font-weight:600}
        th:first-child,.words,.events td,.checks td{text-align:left}.words{white-space:normal;overflow-wrap:anywhere;min-width:16em}
        tbody th{font-weight:500}
        .level{font-size:12px;font-weight:600}
        .warning .level,.held.no{color:var(--unsure)}.error .level,.failed{color:var(--bad)}.held{color:var(--good)}
        .plots{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:14px}
        .plots.one{grid-template-columns:minmax(0,1fr)}
        .plot{margin:0;background:var(--card);border:1px solid var(--rule);border-radius:10px;padding:11px 14px 8px}
        .legend{list-style:none;display:flex;flex-wrap:wrap;gap:2px 16px;margin:5px 0 0;padding:0;font-size:13px;color:var(--soft)}
        .legend li{display:flex;align-items:center;gap:6px}.key{width:26px;height:8px}
        .frame{position:relative;margin:12px 4px 26px 62px}
        .canvas{height:190px;position:relative;overflow:hidden}.canvas>svg{width:100%;height:100%;display:block;position:absolute}
        .one .canvas{height:260px}
        .y,.x{position:absolute;font-size:12px;line-height:1;color:var(--soft);font-variant-numeric:tabular-nums;white-space:nowrap}
        .y{right:calc(100% + 8px);transform:translateY(50%)}.x{top:calc(100% + 8px);transform:translateX(-50%)}
        .x.last{transform:translateX(-100%)}.x.first{transform:none}
        .phase{position:absolute;top:2px;padding-left:4px;font-size:11px;color:var(--soft);overflow:hidden;text-overflow:ellipsis;white-space:nowrap;pointer-events:none}
        svg path{vector-effect:non-scaling-stroke}
        .grid{stroke:var(--grid);stroke-width:1;fill:none}
        .l{fill:none;stroke-width:1.7;stroke-linejoin:round;stroke-linecap:round}
        .dashed{stroke-dasharray:5 4}
        .l.s1{stroke:var(--s1)}.l.s2{stroke:var(--s2)}.l.s3{stroke:var(--s3)}.l.s4{stroke:var(--s4)}.l.s5{stroke:var(--s5)}
        .fill{opacity:.13}.fill.s1{fill:var(--s1)}.fill.s2{fill:var(--s2)}.fill.s3{fill:var(--s3)}
        .band{fill:var(--band)}.band.odd{fill:var(--band2)}
        .mark{fill:none;stroke:var(--soft);stroke-width:1;stroke-dasharray:2 3}
        .mark.warning{stroke:var(--unsure);stroke-dasharray:none}.mark.error{stroke:var(--bad);stroke-width:1.5;stroke-dasharray:none}
        .hint{fill:transparent;pointer-events:all}.hint:hover{fill:var(--ink);opacity:.07}
        .columns{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:0 28px}
        .list{display:grid;grid-template-columns:minmax(9em,auto) 1fr;gap:3px 16px;margin:0;font-size:14px}
        .list dt{color:var(--soft)}.list dd{margin:0;overflow-wrap:anywhere}
        pre,code{font:13px/1.5 ui-monospace,"SF Mono",Menlo,"DejaVu Sans Mono","Liberation Mono",monospace}
        pre{white-space:pre-wrap;overflow-wrap:anywhere;background:var(--card);border:1px solid var(--rule);border-radius:8px;padding:10px 12px;margin:0}
        details{margin-top:30px}summary{cursor:pointer;font-weight:600;font-size:18px;margin-bottom:12px}
        @media(max-width:760px){main{padding:18px 12px 40px}h1{font-size:22px}.plots,.columns{grid-template-columns:minmax(0,1fr)}
        .tiles{grid-template-columns:repeat(auto-fill,minmax(128px,1fr))}.canvas{height:165px}.frame{margin-left:52px}.tiles dd{font-size:19px}}
        @media print{body{background:#fff}.tall{max-height:none}.plot,.tiles div{break-inside:avoid}.hint{display:none}}

        """
}
