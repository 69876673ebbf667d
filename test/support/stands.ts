import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readAppManifest } from '../stand-in/app-manifest.ts';
import { type GitHub, startGitHub } from '../stand-in/github.ts';
import type { ModelScript } from '../stand-in/model-script.ts';
import { type ScriptedModel, startScriptedModel } from '../stand-in/scripted-model.ts';
import { appEnvironment, standInApp, webhookSecret } from './app-environment.ts';
import { freePort } from './free-port.ts';

/** What an App in a process of its own needs around it: GitHub, a model, and room on the disk. */
export interface Stands {
  readonly github: GitHub;
  readonly model: ScriptedModel;
  readonly scratch: string;
  /** Settings of an App whose data lie in `folder` below `scratch`; webhooks go to the newest one asked for. */
  environment(folder: string, more?: Readonly<Record<string, string>>): Promise<Record<string, string>>;
  close(): Promise<void>;
}

export async function openStands(script: ModelScript): Promise<Stands> {
  const scratch = await mkdtemp(join(tmpdir(), 'ai-fix-stands-'));
  const manifest = readAppManifest(new URL('../../app.yml', import.meta.url));
  const github = await startGitHub({
    dir: join(scratch, 'github'),
    webhookSecret,
    app: { ...manifest, ...standInApp },
  });
  const model = await startScriptedModel(script);
  return {
    github,
    model,
    scratch,
    environment: async (folder, more = {}) => {
      const port = await freePort();
      github.webhookUrl = `http://127.0.0.1:${port}/api/github/webhooks`;
      return { ...appEnvironment({ github, modelUrl: model.url, dataDir: join(scratch, folder), port }), ...more };
    },
    close: async () => {
      await github.close();
      await model.close();
      await rm(scratch, { recursive: true, force: true });
    },
  };
}
