/** How many remarks a comment in the code lets pass by naming their rule. It begins a summary, whose end may be cut. */

export function byComment(exempted: number): string {
  return exempted === 0 ? '' : `${exempted} exempted by comments, `;
}
