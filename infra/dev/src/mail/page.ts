// The pages of the development stack's mail server. No scripts; a mail's own HTML is shown in a frame that may do nothing.
import type { KeptMail } from './mailbox.ts'

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character] ?? '')

const style = `
:root{color-scheme:light dark;--back:#f4f5f7;--card:#fff;--line:#dfe3e8;--text:#1b1f24;--soft:#57606a;--link:#0b5cad}
@media (prefers-color-scheme:dark){:root{--back:#0f1318;--card:#171c22;--line:#2b333c;--text:#e6e9ed;--soft:#9aa4af;--link:#7ab8f5}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--text);font:16px/1.5 system-ui,sans-serif}
main,header{max-width:760px;margin:0 auto;padding:16px}
h1{margin:0;font-size:20px;overflow-wrap:anywhere}
a{color:var(--link);overflow-wrap:anywhere}
a:focus-visible,input:focus-visible,button:focus-visible{outline:2px solid var(--link);outline-offset:2px}
form{display:flex;gap:8px;margin-top:12px}
input{flex:1;min-width:0}
input,button{font:inherit;padding:8px 12px;border:1px solid var(--line);border-radius:8px;background:var(--card);color:var(--text)}
ol{list-style:none;margin:0;padding:0;border:1px solid var(--line);border-radius:10px;background:var(--card);overflow:hidden}
li+li{border-top:1px solid var(--line)}
li a{display:block;padding:12px 16px;text-decoration:none;color:inherit}
li a:hover{background:var(--back)}
li strong{display:block;overflow-wrap:anywhere}
small,dt{color:var(--soft);font-size:14px}
dl{display:grid;grid-template-columns:auto 1fr;gap:4px 16px;margin:12px 0}
dd{margin:0;overflow-wrap:anywhere}
h2{font-size:14px;color:var(--soft);margin:24px 0 8px}
iframe{width:100%;height:560px;border:1px solid var(--line);border-radius:10px;background:var(--card)}
pre{white-space:pre-wrap;overflow-wrap:anywhere;margin:0;padding:16px;border:1px solid var(--line);border-radius:10px;background:var(--card);font:14px/1.5 ui-monospace,monospace}
ul{margin:0;padding-left:20px}`

const page = (title: string, body: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
${body}
</body>
</html>
`

const clock = (instant: string): string =>
  `<time datetime="${escaped(instant)}">${escaped(instant.slice(0, 19).replace('T', ' '))} UTC</time>`

/** Every mail, newest first, or those to `to`. */
export function listPage(mails: readonly KeptMail[], to = ''): string {
  const items = mails.map(
    (
      mail,
    ) => `<li><a href="/mail/${encodeURIComponent(mail.id)}"><strong>${escaped(mail.subject || '(no subject)')}</strong>
<small>to ${escaped(mail.to.join(', '))} · ${clock(mail.receivedAt)}</small></a></li>`,
  )
  const none = to === '' ? 'No mail yet. What the stack sends appears here.' : `No mail to ${to} yet.`
  return page(
    'Mails',
    `<header><h1>Mails of the development stack</h1>
<form method="get" action="/"><input type="search" name="to" value="${escaped(to)}" placeholder="Address" aria-label="Only mails to this address">
<button>Show</button></form></header>
<main>${items.length > 0 ? `<ol>${items.join('\n')}</ol>` : `<p>${escaped(none)}</p>`}
<p><small>The last 200 are kept, in memory. As JSON: <a href="/mails">/mails</a></small></p></main>`,
  )
}

export function mailPage(mail: KeptMail): string {
  const links = mail.links.map((link) => `<li><a href="${escaped(link)}">${escaped(link)}</a></li>`)
  const html = `<h2>HTML</h2>
<iframe src="/mail/${encodeURIComponent(mail.id)}/html" sandbox="allow-popups allow-popups-to-escape-sandbox" title="The mail as HTML"></iframe>`
  return page(
    mail.subject,
    `<header><a href="/">All mails</a></header>
<main><h1>${escaped(mail.subject || '(no subject)')}</h1>
<dl><dt>From</dt><dd>${escaped(mail.from)}</dd><dt>To</dt><dd>${escaped(mail.to.join(', '))}</dd><dt>At</dt><dd>${clock(mail.receivedAt)}</dd></dl>
${links.length > 0 ? `<h2>Links</h2><ul>${links.join('\n')}</ul>` : ''}
${mail.html === undefined ? '' : html}
<h2>Text</h2><pre>${escaped(mail.text)}</pre></main>`,
  )
}

/** The mail's HTML for the frame: its links open in a tab of their own. */
export const framed = (html: string): string => `<base target="_blank">${html}`
