// OpenAPI document → the reference page. Only what our own documents use is understood.
import { escapeHtml, renderInline } from './page.ts'

type Json = string | number | boolean | null | Json[] | { [name: string]: Json }
type Member = { [name: string]: Json }

const isMember = (value: unknown): value is Member =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const member = (value: Json | undefined): Member => (isMember(value) ? value : {})
const list = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : [])
const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '')

/** The body of the page: one section per tag, one entry per operation, then the schemas. */
export function renderReference(document: object): string {
  const root: Member = JSON.parse(JSON.stringify(document))
  const operations = Object.entries(member(root.paths)).flatMap(([path, methods]) =>
    Object.entries(member(methods)).map(([method, operation]) => ({ path, method, operation: member(operation) })),
  )
  const tags = [...Map.groupBy(operations, ({ operation }) => text(list(operation.tags)[0]))]
  const info = member(root.info)
  const schemas = Object.entries(member(member(root.components).schemas))
  return [
    `<h1>${escapeHtml(text(info.title))} API</h1><p>${renderInline(text(info.description))}</p>`,
    `<p>${renderInline(text(member(member(member(root.components).securitySchemes).apiKey).description))}</p>`,
    `<nav>${[...tags.map(([tag]) => tag), 'Schemas'].map((tag) => `<a href="#${tag}">${tag}</a>`).join('')}<a href="/openapi.json">openapi.json</a></nav>`,
    ...tags.map(([tag, entries]) => `<h2 id="${tag}">${escapeHtml(tag)}</h2>${entries.map(renderOperation).join('')}`),
    `<h2 id="Schemas">Schemas</h2>${schemas.map(([name, schema]) => renderSchema(name, member(schema))).join('')}`,
  ].join('\n')
}

function renderOperation({ path, method, operation }: { path: string; method: string; operation: Member }): string {
  const scope = list(member(list(operation.security)[0]).apiKey).map((name) => `<code>${escapeHtml(text(name))}</code>`)
  const body = member(member(member(operation.requestBody).content)['application/json'])
  return `<details><summary><b class="method">${method}</b> <b>${escapeHtml(path)}</b> ${renderInline(text(operation.summary))}</summary>
<p>${renderInline(text(operation.description))} Scope: ${scope.join(', ')}</p>${renderParameters(list(operation.parameters))}
${body.schema === undefined ? '' : `<p>Body: ${typeOf(body.schema)}</p>`}<table>${Object.entries(member(operation.responses)).map(renderAnswer).join('')}</table></details>`
}

function renderParameters(parameters: Json[]): string {
  const rows = parameters.map(member).map((parameter) => {
    const description = text(parameter.description) || text(member(parameter.schema).description)
    return `<tr><td><code>${escapeHtml(text(parameter.name))}</code></td><td>${escapeHtml(text(parameter.in))}</td><td>${renderInline(description)}</td></tr>`
  })
  return rows.length === 0 ? '' : `<table>${rows.join('')}</table>`
}

function renderAnswer([status, answer]: [string, Json]): string {
  const types = Object.entries(member(member(answer).content)).map(
    ([type, media]) => `${escapeHtml(type)} ${typeOf(member(media).schema)}`,
  )
  const isProblem = Number(status) >= 400
  const words = renderInline(text(member(answer).description)).replaceAll(
    /<code>([a-z-]+)<\/code>/g,
    (code, name: string) => (isProblem ? `<a href="/problems/${name}">${code}</a>` : code),
  )
  return `<tr><td><b>${status}</b></td><td>${words}${isProblem ? '' : `<br>${types.join('<br>')}`}</td></tr>`
}

function renderSchema(name: string, schema: Member): string {
  const required = new Set(list(schema.required))
  const rows = Object.entries(member(schema.properties)).map(([field, value]) => {
    const words = renderInline(text(member(value).description))
    return `<tr><td><code>${escapeHtml(field)}</code>${required.has(field) ? '' : ' optional'}</td><td>${typeOf(value)}</td><td>${words}</td></tr>`
  })
  const example =
    schema.example === undefined ? '' : `<pre><code>${escapeHtml(JSON.stringify(schema.example, null, 2))}</code></pre>`
  const variants = list(schema.oneOf ?? schema.anyOf).map((variant) => `<li>${typeOf(variant)}</li>`)
  return `<details id="${name}"><summary><b>${escapeHtml(name)}</b></summary><p>${renderInline(text(schema.description))}</p>${example}<table>${rows.join('')}</table>${variants.length > 0 ? `<ul>${variants.join('')}</ul>` : ''}</details>`
}

/** A schema in a few words, with links to the named ones. */
function typeOf(value: Json | undefined): string {
  const schema = member(value)
  const name = text(schema.$ref).split('/').at(-1)
  if (name) return `<a href="#${name}">${escapeHtml(name)}</a>`
  const variants = list(schema.oneOf ?? schema.anyOf ?? schema.allOf)
  if (variants.length > 0) return variants.map(typeOf).join(' or ')
  const members = list(schema.enum)
  if (members.length > 0) return members.map((one) => `<code>${escapeHtml(String(one))}</code>`).join(' ')
  if (schema.const !== undefined) return `<code>${escapeHtml(String(schema.const))}</code>`
  if (schema.type === 'array') return `list of ${typeOf(schema.items)}`
  if (schema.type === 'object' && isMember(schema.properties))
    return `{ ${Object.entries(schema.properties)
      .map(([field, inner]) => `<code>${escapeHtml(field)}</code>: ${typeOf(inner)}`)
      .join(', ')} }`
  return escapeHtml(list(schema.type).join(' or ') || text(schema.type) || 'anything')
}
