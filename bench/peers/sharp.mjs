// sharp, as its documentation does it: clones of one input, all sizes at once. Hears and prints what bench.worker does.
// node sharp.mjs FOLDER_WITH_NODE_MODULES PATH BOXES QUALITY SCRATCH

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const CANNOT_RUN = 3;
const [folder, path, boxes, quality] = process.argv.slice(2);

function fail(error) {
  console.error(error.message.split('\n')[0]);
  process.exit(CANNOT_RUN);
}

function load() {
  try {
    return createRequire(`${folder}/`)('sharp');
  } catch {
    return fail(new Error('not installed'));
  }
}

const sharp = load();
sharp.cache(false); // every run reads the photo again, as a new upload would

async function render() {
  const original = sharp(path).autoOrient();
  const sizes = boxes.split(',').map((box) => box.split('x').map(Number));
  const renditions = await Promise.all(sizes.map(([width, height]) => original
    .clone()
    .resize({ width, height, fit: 'inside', withoutEnlargement: true })
    .jpeg({ quality: Number(quality) })
    .toBuffer({ resolveWithObject: true })));
  return renditions.map(({ info }) => ({ width: info.width, height: info.height, bytes: info.size }));
}

async function timed() {
  const cpu = process.cpuUsage();
  const started = performance.now();
  const outputs = await render();
  const wallMs = performance.now() - started;
  const used = process.cpuUsage(cpu);
  return { outputs, sample: { wall_ms: wallMs, cpu_ms: (used.user + used.system) / 1000 } };
}

function peakRssMib() {
  return Number(readFileSync('/proc/self/status', 'utf8').match(/VmHWM:\s+(\d+)/)[1]) / 1024;
}

function coldReport({ outputs, sample }) {
  return {
    cold_ms: sample.wall_ms,
    peak_rss_mib: peakRssMib(),
    outputs,
    versions: { sharp: sharp.versions.sharp, libvips: sharp.versions.vips, node: process.versions.node },
  };
}

try {
  let cold = true;
  for await (const _ of createInterface({ input: process.stdin })) {
    const run = await timed();
    console.log(JSON.stringify(cold ? coldReport(run) : run.sample));
    cold = false;
  }
} catch (error) {
  fail(error);
}
