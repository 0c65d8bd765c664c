// Comma-separated values as RFC 4180 has them.

export type Cell = string | number

export const csvHeaders = (fileName: string): Record<string, string> => ({
  'content-type': 'text/csv; charset=utf-8; header=present',
  'content-disposition': `attachment; filename="${fileName}.csv"`,
})

/** The first row names the columns. */
export const csvOf = (rows: readonly (readonly Cell[])[]): string =>
  rows.map((cells) => `${cells.map(field).join(',')}\r\n`).join('')

/** What a spreadsheet would run as a formula when it opens the file. */
const formula = /^[=+\-@\t\r]/

/** Text that looks like a formula gets an apostrophe, so that it is shown and not run. */
function field(cell: Cell): string {
  const text = typeof cell === 'string' && formula.test(cell) ? `'${cell}` : String(cell)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
