/** Property tests look at the same cases in every run, so that a red test is the change's doing. STREETLIGHT_TEST_SEED=any whole number looks at others. */
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env['STREETLIGHT_TEST_SEED'] ?? 20261125) });
