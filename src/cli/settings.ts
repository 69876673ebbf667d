import { existsSync } from 'node:fs';
import { type Settings, takeSettings } from '../config/environment.ts';
import { createRedactor, type Redactor } from '../domain/redact.ts';
import type { Terminal } from './terminal.ts';

/** Variables that are set already win, as everywhere. */
export function loadDotEnv(): void {
  if (existsSync('.env')) process.loadEnvFile('.env');
}

/** The settings; the terminal and whoever takes the redactor know their secrets. @throws {ConfigError} */
export function takeRedactedSettings(
  environment: NodeJS.ProcessEnv,
  terminal: Terminal,
): { settings: Settings; redactor: Redactor } {
  const settings = takeSettings(environment);
  const redactor = createRedactor(settings.secrets);
  terminal.redactWith(redactor);
  return { settings, redactor };
}
