/** What the style sheet is known by, so that the policy of the page lets it in and no other. */

export function sha256Base64(text: string): string {
  return process.getBuiltinModule('node:crypto').hash('sha256', text, 'base64');
}
