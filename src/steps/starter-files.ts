import { readFileSync } from 'node:fs';
import { schemaAddress } from '../domain/policy.ts';
import type { Stack } from '../domain/stack.ts';

/** The two files with which a repository starts, as `ai-fix init` writes them and the onboarding proposes them. */

/** The sandbox workflow for a stack, as its owner should read and adapt it. */
export const sandboxTemplate = (stack: Stack): string =>
  readFileSync(new URL(`../sandbox-workflows/${stack}.yml`, import.meta.url), 'utf8');

/** A `.github/ai-fix.yml` that changes no default: it says what most people set first, commented out. */
export const starterPolicy = (): string => `# yaml-language-server: $schema=${schemaAddress}
# How ai-fix works in this repository. Everything is optional; what is commented out shows the default.
# Every setting: docs/configuration.md of ai-fix.

label: ai-fix # labelling an issue with this starts a fix

# gates:
#   plan: risky # auto: never waits; risky: large tickets and protected paths; required: always
# who:
#   may_trigger: write # or maintain, admin, or { users: [alice], teams: [core] }
#   may_approve: write
# budget: # of one fix
#   usd: 5
#   attempts: 4
# paths:
#   protected: [] # globs; a patch changes them only after a person approved it
#   forbidden: [] # globs; no patch changes them
`;
