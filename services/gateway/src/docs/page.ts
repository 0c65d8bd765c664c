// HTML by hand: one style, no script. Markdown is the little that the problem pages use.

export const escapeHtml = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)

/** Inline Markdown: `code` and [links](/to). */
export const renderInline = (text: string): string =>
  escapeHtml(text)
    .replaceAll(/`([^`]+)`/g, '<code>$1</code>')
    .replaceAll(/\[([^\]]+)\]\((\/[^)\s]*|https:\/\/[^)\s]+|[\w-]+\.md)\)/g, (_, label: string, to: string) => {
      return `<a href="${to.replace(/\.md$/, '')}">${label}</a>`
    })

/** Headings, paragraphs, lists, tables and fenced code. */
export function renderMarkdown(markdown: string): string {
  return markdown
    .trim()
    .split(/\n{2,}(?=(?:[^`]*```[^`]*```)*[^`]*$)/)
    .map(renderBlock)
    .join('\n')
}

function renderBlock(block: string): string {
  const heading = /^(#{1,4}) (.*)$/.exec(block)
  if (heading) {
    const level = heading[1]?.length ?? 1
    return `<h${level}>${renderInline(heading[2] ?? '')}</h${level}>`
  }
  const code = /^```\w*\n([\s\S]*?)\n?```$/.exec(block)
  if (code) return `<pre><code>${escapeHtml(code[1] ?? '')}</code></pre>`
  if (/^[-*] /.test(block)) {
    const items = block.split(/\n(?=[-*] )/).map((item) => `<li>${renderInline(item.slice(2))}</li>`)
    return `<ul>${items.join('')}</ul>`
  }
  if (block.startsWith('|')) return renderTable(block.split('\n'))
  return `<p>${renderInline(block)}</p>`
}

/** The second line only divides the heads from the rows. */
function renderTable([heads = '', _divider, ...rows]: string[]): string {
  const cells = (line: string, tag: string) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => `<${tag}>${renderInline(cell.trim())}</${tag}>`)
      .join('')
  return `<table><tr>${cells(heads, 'th')}</tr>${rows.map((row) => `<tr>${cells(row, 'td')}</tr>`).join('')}</table>`
}

const style = `
:root { color-scheme: light dark; --line: #8884; --soft: #8882; --accent: light-dark(#0b7a4b, #4fd39a) }
body { font: 16px/1.55 system-ui, sans-serif; max-width: 62rem; margin: 0 auto; padding: 2rem 1.25rem 6rem }
h1 { font-size: 1.8rem } h2 { margin-top: 3rem; border-bottom: 1px solid var(--line); padding-bottom: .3rem }
a { color: var(--accent) }
code, pre { font: .875rem/1.5 ui-monospace, monospace; background: var(--soft); border-radius: 4px }
code { padding: .1em .3em } pre { padding: .8rem 1rem; overflow-x: auto } pre code { background: none; padding: 0 }
details { border: 1px solid var(--line); border-radius: 6px; margin: .6rem 0; padding: .5rem .9rem }
summary { cursor: pointer } summary b { font: 600 .875rem ui-monospace, monospace } .method { color: var(--accent); text-transform: uppercase }
table { border-collapse: collapse; width: 100%; font-size: .92rem } td, th { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line) }
nav a { margin-right: 1rem }`

export const renderPage = (title: string, body: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title><style>${style}</style></head><body>${body}</body></html>`
