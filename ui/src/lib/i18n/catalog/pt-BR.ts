export const files = import.meta.glob<object>('./pt-BR/*.json', { eager: true, import: 'default' })
