import { basename } from 'node:path/posix';
import { reportNames } from '../domain/report-names.ts';
import { readCargoReport } from './read-cargo-report.ts';
import { readGoReport } from './read-go-report.ts';
import { readJestReport } from './read-jest-report.ts';
import { type JunitReading, readJunit } from './read-junit.ts';

/**
 * Reads one test report. JUnit XML, but for what runners write by themselves where nothing else is installed: those are
 * known by the names of their files.
 */
export function readReport(path: string, text: string): JunitReading {
  switch (basename(path)) {
    case reportNames.go:
      return readGoReport(text);
    case reportNames.cargo:
      return readCargoReport(text);
    case reportNames.jest:
      return readJestReport(text);
    default:
      return readJunit(text);
  }
}
