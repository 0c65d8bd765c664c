// A mail as it is sent: subject, plain text, and HTML that says the same. Every word passes `oneLine` and every word in HTML
// `escapeHtml` here, so that no template can forget it. Pure.
import { type Letter, letterOf } from './letters.ts'
import type { Mail } from './mail.ts'
import { escapeHtml, nameOf, oneLine } from './plain.ts'

export type RenderedMail = { subject: string; text: string; html: string }

/** @throws RangeError when a link is not one of the web */
export function renderMail(mail: Mail): RenderedMail {
  const letter = letterOf(mail)
  const subject = oneLine(letter.subject, 150)
  return { subject, text: textOf(letter), html: htmlOf(letter, subject) }
}

const greetingOf = ({ name }: Letter): string[] => {
  if (name === undefined) return []
  const shown = nameOf(name)
  return [shown === '' ? 'Hello,' : `Hello ${shown},`]
}

const words = (line: string): string => oneLine(line, 500)

function textOf(letter: Letter): string {
  const blocks = [
    ...greetingOf(letter),
    ...letter.paragraphs.map(words),
    ...letter.actions.map(({ label, link }) => `${label}:\n${link}`),
    ...letter.notes.map(words),
    '-- \nWagate',
  ]
  return `${blocks.join('\n\n')}\n`
}

// Mail programs that know no media queries show the light colours; those that know no style sheet, plain text with links.
const style = `
body{margin:0;padding:24px 12px;background:#f4f5f7;color:#1b1f24;font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{max-width:520px;margin:0 auto;padding:28px 24px;background:#fff;border:1px solid #dfe3e8;border-radius:10px}
p{margin:0 0 16px}
a{color:#0b5cad;overflow-wrap:anywhere}
.button{display:inline-block;padding:12px 20px;border-radius:8px;background:#0b5cad;color:#fff;font-weight:600;text-decoration:none}
.link,.notes,footer{font-size:14px;color:#57606a}
footer{max-width:520px;margin:16px auto 0;padding:0 24px}
@media (prefers-color-scheme:dark){
body{background:#0f1318;color:#e6e9ed}
main{background:#171c22;border-color:#2b333c}
a{color:#7ab8f5}
.button{background:#7ab8f5;color:#0f1318}
.link,.notes,footer{color:#9aa4af}}
`

function htmlOf(letter: Letter, subject: string): string {
  const paragraph = (line: string, kind = ''): string => `<p${kind}>${escapeHtml(words(line))}</p>`
  const [first, ...others] = letter.actions
  const body = [
    ...greetingOf(letter).map((line) => paragraph(line)),
    ...letter.paragraphs.map((line) => paragraph(line)),
    ...(first ? [button(first), ...others.map(plainLink)] : []),
    ...letter.notes.map((line) => paragraph(line, ' class="notes"')),
  ]
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escapeHtml(subject)}</title>
<style>${style}</style>
</head>
<body>
<main>
${body.join('\n')}
</main>
<footer>Wagate</footer>
</body>
</html>
`
}

type Action = Letter['actions'][number]

/** With the address in full below it: some mail programs show no buttons, and some readers want to see where a link leads. */
function button({ label, link }: Action): string {
  const href = escapeHtml(link)
  return `<p><a class="button" href="${href}">${escapeHtml(label)}</a></p>
<p class="link">Or open this address: <a href="${href}">${href}</a></p>`
}

const plainLink = ({ label, link }: Action): string => `<p><a href="${escapeHtml(link)}">${escapeHtml(label)}</a></p>`
