/** Where the scripts of these tests find sleep and the like, also when the caller's PATH holds next to nothing. */

export const SYSTEM_PATH = [process.env['PATH'], '/usr/local/bin', '/usr/bin', '/bin']
  .filter((entry) => entry !== undefined && entry !== '')
  .join(':');
