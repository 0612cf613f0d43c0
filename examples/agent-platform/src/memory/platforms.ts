/** Where a person meets the service; each keeps its own copy of the memory until a sync. */
export const PLATFORMS = ['web', 'cli', 'mobile'] as const;
export type Platform = (typeof PLATFORMS)[number];

export function isPlatform(text: string): text is Platform {
  return PLATFORMS.some((platform) => platform === text);
}
