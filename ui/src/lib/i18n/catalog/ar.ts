export const files = import.meta.glob<object>('./ar/*.json', { eager: true, import: 'default' })
