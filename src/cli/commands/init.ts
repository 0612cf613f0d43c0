export const run = () => Promise.resolve({ kind: 'yes' as const });
