// Aligned text tables for a terminal of 80 columns.

export type Column = { title: string; align: 'left' | 'right' }

/** Lines of a table, indented by two: titles if there are any, then rows. Cells that are missing are empty. */
export function tableLines(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const titles = columns.map(({ title }) => title)
  const widths = columns.map((_, index) => Math.max(...[titles, ...rows].map((row) => (row[index] ?? '').length)))
  const line = (row: readonly string[]): string =>
    columns
      .map(({ align }, index) => {
        const cell = row[index] ?? ''
        const width = widths[index] ?? 0
        return align === 'left' ? cell.padEnd(width) : cell.padStart(width)
      })
      .join('  ')
      .trimEnd()
  const titled = titles.some((title) => title !== '') ? [titles] : []
  return [...titled, ...rows].map((row) => `  ${line(row)}`)
}

/** Three significant digits, and no more decimals than mean something: `1234`, `12.3`, `0.12`. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return '–'
  if (Math.abs(value) >= 100) return value.toFixed(0)
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2)
}

/** Bytes in the largest unit that leaves at least one whole one. */
export function bytes(value: number): string {
  if (!Number.isFinite(value)) return '–'
  if (Math.abs(value) >= 1024 ** 2) return `${figure(value / 1024 ** 2)} MiB`
  return Math.abs(value) >= 1024 ? `${figure(value / 1024)} KiB` : `${value.toFixed(0)} B`
}
