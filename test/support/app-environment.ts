import type { GitHub } from '../stand-in/github.ts';

export const webhookSecret = 'the secret of the stand-in';
export const standInApp = { id: 4242, slug: 'ai-fix' } as const;

/** The environment under which the App finds the stand-in and the scripted model, as an admin would set it. */
export function appEnvironment(stands: {
  readonly github: GitHub;
  readonly modelUrl: string;
  readonly dataDir: string;
  readonly port: number;
  readonly databaseUrl?: string;
}): Record<string, string> {
  return {
    APP_ID: String(standInApp.id),
    PRIVATE_KEY: stands.github.privateKey,
    WEBHOOK_SECRET: webhookSecret,
    HOST: '127.0.0.1',
    PORT: String(stands.port),
    GHE_HOST: new URL(stands.github.url).host,
    GHE_PROTOCOL: 'http',
    DATA_DIR: stands.dataDir,
    OPENAI_API_KEY: 'sk-scripted-model-needs-no-key-0000',
    OPENAI_BASE_URL: `${stands.modelUrl}/v1`,
    AI_FIX_MODEL: 'gpt-6-sol',
    LOG_LEVEL: 'warn',
    // Tests start more fixes in a minute than a host does in an hour.
    AI_FIX_FIXES_PER_HOUR: '10000',
    ...(stands.databaseUrl === undefined ? {} : { DATABASE_URL: stands.databaseUrl }),
  };
}
