/** Who has to say yes before a release goes to an environment, and how that is proven. */

/** What an approval has to be at least; a signed one counts everywhere. */
export const PROOFS = ['unsigned', 'signed', 'github', 'gitlab'] as const;

export interface ApprovalPolicy {
  /** So many different people. */
  readonly required: number;
  /** Whether an author of the change, or who asked, may approve it. */
  readonly self: 'refuse' | 'allow';
  readonly proof: (typeof PROOFS)[number];
  readonly expiresMs: number;
  /** Whose signatures count: a file of `ssh-keygen -Y`, from the project's folder. */
  readonly signers: string;
  /** The protected branch that file is read from, never the work tree: `origin/main`. */
  readonly ref: string;
  /** What the CI platform calls the environment, where that is another name. */
  readonly platformEnvironment?: string;
}

export const DEFAULT_APPROVAL: ApprovalPolicy = {
  required: 1,
  self: 'refuse',
  proof: 'unsigned',
  expiresMs: 86_400_000,
  signers: '.nemesis-signers',
  ref: 'origin/main',
};
