package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"verso/etl"
	"verso/etl/check"
	"verso/etl/config"
	"verso/etl/duplicate"
	"verso/etl/extract"
	"verso/etl/peak"
	"verso/etl/star"
	"verso/models"
	"verso/olap/catalog"
	"verso/olap/engine"
	"verso/olap/engine/duck"
	"verso/olap/lineage"
	"verso/olap/rollup"
	"verso/olap/warehouse"
	"verso/reports/site"
)

// skippable are the steps that --skip takes.
var skippable = []string{"models", "rollups", "site"}

// refreshFlags are the choices of one refresh.
type refreshFlags struct {
	asOf    string
	skip    []string
	dryRun  bool
	full    bool
	landing bool
	fresh   bool
	period  string
	verbose bool

	backfill *extract.Period // period, read
}

func (a *app) refreshCommand() *cobra.Command {
	var f refreshFlags
	cmd := &cobra.Command{
		Use:   "refresh",
		Short: "Load everything, check it, score it, publish it and build the site",
		Long: `refresh lands every extract as Parquet, types it, sets bad rows aside, builds the
star, checks it, fits the models, builds the report site and publishes the new
generation. Until that moment, and after any failure, readers see the last one.

Mappings that say how changes are found (incremental: in verso.yaml) are asked for
those only, and merged into a copy of the last generation; the first line tells
what was chosen and why.

When the process of a refresh died, the next one goes on after its last finished
step, provided that verso, the configuration, the flags and the published
generation are the same and that its landing is younger than night: resume_within
(6h); else it begins anew, and says why.`,
		Example: `  verso refresh -c mycompany/verso.yaml
  verso refresh --as-of 2026-06-30
  verso refresh --full
  verso refresh --from-landing
  verso refresh --backfill 2026-01-01:2026-03-31
  verso refresh --fresh
  verso refresh --dry-run`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			for _, s := range f.skip {
				if !slices.Contains(skippable, s) {
					return usagef(cmd.CommandPath(), "--skip: unknown step %q: models, rollups or site", s)
				}
			}
			if f.full && f.landing || f.period != "" && (f.full || f.landing) {
				return usagef(cmd.CommandPath(), "--full, --from-landing and --backfill exclude each other")
			}
			var err error
			if f.backfill, err = parsePeriod(f.period); err != nil {
				return usagef(cmd.CommandPath(), "--backfill: %v", err)
			}
			cfg, err := a.loadConfig()
			if err != nil {
				return err
			}
			if f.asOf != "" {
				if _, err := config.ParseAsOf(f.asOf); err != nil {
					return usagef(cmd.CommandPath(), "--as-of: %v", err)
				}
				cfg.AsOf = f.asOf
			}
			return a.refresh(cmd.Context(), cfg, f)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.asOf, "as-of", "", "as-of date instead of the configuration's, YYYY-MM-DD")
	flags.StringSliceVar(&f.skip, "skip", nil, "steps to leave out: models, rollups, site")
	flags.BoolVar(&f.dryRun, "dry-run", false, "do everything, publish nothing")
	flags.BoolVar(&f.full, "full", false, "extract everything anew, whatever incremental: says, and rebuild")
	flags.BoolVar(&f.landing, "from-landing", false, "rebuild from what was landed, without touching the sources")
	flags.BoolVar(&f.fresh, "fresh", false, "begin anew even where a refresh that died could be gone on from")
	flags.StringVar(&f.period, "backfill", "", "read FROM:TO (dates, both included) again in mappings with a watermark or a window")
	flags.BoolVarP(&f.verbose, "verbose", "v", false, "log more")
	return cmd
}

// refresh runs all steps under the lock, reports how it went, and tells those
// whom the configuration names.
func (a *app) refresh(ctx context.Context, cfg *config.Config, f refreshFlags) error {
	began := a.now()
	err := a.refreshLocked(ctx, cfg, f)
	if !f.dryRun {
		a.tellRefresh(ctx, cfg, a.logger(f.verbose), began, err)
	}
	return err
}

func (a *app) refreshLocked(ctx context.Context, cfg *config.Config, f refreshFlags) (err error) {
	if err := preflight(cfg, f); err != nil {
		return err
	}
	w, err := a.openWarehouse(cfg)
	if err != nil {
		return err
	}
	defer w.Close()
	unlock, err := w.Lock(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	merges, err := readMerges(cfg)
	if err != nil {
		return err
	}
	job := &refreshJob{app: a, merges: merges, config: cfg, flags: f, warehouse: w, log: a.logger(f.verbose), started: a.now()}
	err = job.run(ctx)
	if job.resumed && errors.Is(err, engine.ErrCorrupt) { // the disk lost what it had been told to keep
		job.log.Warn("the unfinished generation of the refresh that died is damaged: beginning anew", "because", err)
		f.fresh = true
		job = &refreshJob{app: a, merges: merges, config: cfg, flags: f, warehouse: w, log: job.log, started: job.started}
		err = job.run(ctx)
	}
	return err
}

// preflight finds what would stop the last steps of a refresh before the first
// one begins: checks that do not exist, the user's own cubes, the site's folder.
func preflight(cfg *config.Config, f refreshFlags) error {
	if err := check.Known(nil, cfg.Checks); err != nil {
		return fmt.Errorf("%s: %w", cfg.File, err)
	}
	if _, err := catalog.Load(userCatalog(cfg)); err != nil {
		return err
	}
	if _, err := readMerges(cfg); err != nil {
		return err
	}
	if slices.Contains(f.skip, "site") || slices.Contains(f.skip, "models") {
		return nil
	}
	return site.Usable(cfg.Site)
}

// refreshJob is one refresh while it runs.
type refreshJob struct {
	app       *app
	config    *config.Config
	flags     refreshFlags
	warehouse *warehouse.Warehouse
	draft     *warehouse.Draft
	log       *slog.Logger
	started   time.Time
	progress  progress
	recorded  []*lineage.Recorder
	merges    []duplicate.Merge
	resumed   bool         // draft is that of a refresh that died
	site      *pendingSite // built, waiting for publication; nil when skipped
}

func (j *refreshJob) run(ctx context.Context) (err error) {
	spool := filepath.Join(j.config.Warehouse, "tmp")
	if err := os.RemoveAll(spool); err != nil {
		return err
	}
	if err := os.MkdirAll(spool, 0o755); err != nil {
		return err
	}
	defer os.RemoveAll(spool)
	sources, err := openSources(j.config, places{spool: spool, cache: filepath.Join(j.config.Warehouse, "cache"), stdin: j.app.stdin})
	if err != nil {
		return err
	}
	defer closeSources(sources)
	scratch, err := duck.Open(ctx, duck.Options{Threads: j.config.Engine.Threads, MemoryLimit: j.config.Engine.Memory, TempDir: spool})
	if err != nil {
		return err
	}
	defer scratch.Close()
	o := etl.Options{
		Config: j.config, Version: version, Inputs: mergesText(j.merges), Sources: sources, Scratch: scratch, Clock: j.app.now,
		Engine: duck.Version(), Dry: j.flags.dryRun, Size: j.draftSize, Log: j.quietLog(), Report: j.report(), Star: etl.Step{Name: "star", Run: j.star}, After: j.after(),
		Mode: j.mode(), Period: j.flags.backfill, Landed: j.fitThreads,
	}
	if err := j.resumable(&o); err != nil {
		return err
	}
	if err := j.begin(ctx, &o); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, j.draft.Discard()) }()
	o.DB = j.draft.DB()
	j.progress = newProgress(j.app.stderr)
	result, err := etl.Refresh(ctx, o)
	j.progress.close()
	if j.site != nil {
		defer func() { err = errors.Join(err, j.site.Discard()) }()
	}
	if err != nil {
		return err
	}
	return j.summary(result)
}

// fitThreads gives the draft the threads that the work is worth, unless the
// configuration says how many. A warehouse is some three times what was landed; most
// statements of an increment look for few rows in large tables, which several threads
// do no sooner, at half as much again of processor time.
func (j *refreshJob) fitThreads(ctx context.Context, conn engine.Conn, bytes int64) error {
	if j.config.Engine.Threads > 0 {
		return nil
	}
	threads := duck.ThreadsFor(3 * bytes)
	j.log.Debug("threads", "count", threads, "landed_bytes", bytes)
	return duck.SetThreads(ctx, conn, threads)
}

// quietLog keeps the steps' own log lines off a terminal that shows progress.
func (j *refreshJob) quietLog() *slog.Logger {
	if _, live := j.progress.(*liveProgress); live && !j.flags.verbose {
		return slog.New(slog.DiscardHandler)
	}
	return j.log
}

// report turns the refresh's progress into what the terminal or the log shows.
func (j *refreshJob) report() func(etl.Progress) {
	began := map[string]time.Time{}
	return func(p etl.Progress) {
		if _, seen := began[p.Step]; !seen {
			began[p.Step] = j.app.now()
		}
		j.progress.step(stepEvent{name: p.Step, n: p.No, total: p.Total, done: p.Done, rows: p.Rows,
			took: j.app.now().Sub(began[p.Step]), note: p.Note})
	}
}

func (j *refreshJob) star(ctx context.Context, s *etl.State) error {
	if err := duplicate.WriteMerges(ctx, s.Conn, j.merges); err != nil {
		return err
	}
	if err := j.loadKeys(ctx, s); err != nil {
		return err
	}
	began, processor := j.app.now(), peak.Processor()
	err := star.Build(ctx, j.record(s.Conn), star.Options{AsOf: s.AsOf, Currency: j.config.Company.Currency,
		FiscalYearStart: j.config.Company.FiscalYearStart, Version: version, Landed: star.Landed(j.config.Landed), Money: moneyOptions(j.config),
		Progress: func(step string, rows int64) {
			now, used := j.app.now(), peak.Processor()
			j.log.Debug("star", "table", step, "rows", rows, "took", now.Sub(began).Round(time.Millisecond), "processor", (used - processor).Round(time.Millisecond))
			began, processor = now, used
			s.Rows += rows
			s.Note(s.Rows, step)
		}})
	if err != nil {
		return err
	}
	return j.saveKeys(ctx, s)
}

// moneyOptions are what the configuration says about rates and costs.
func moneyOptions(c *config.Config) star.Money {
	return star.Money{ConstantYear: c.Company.ConstantRates.Year, ConstantRates: c.Company.ConstantRates.Rates,
		BalanceDays: c.Company.BalanceDays, Costs: c.Costs.Named(), People: c.Costs.PeopleKinds()}
}

// after are the steps behind the checks.
func (j *refreshJob) after() []etl.Step {
	steps := []etl.Step{{Name: "duplicates", Run: j.duplicates}}
	if !slices.Contains(j.flags.skip, "models") {
		steps = append(steps, etl.Step{Name: "models", Run: j.models})
	}
	steps = append(steps, etl.Step{Name: "lineage", Run: j.traceLineage})
	if !slices.Contains(j.flags.skip, "rollups") {
		steps = append(steps, etl.Step{Name: "rollups", Run: j.rollups})
	}
	if !slices.Contains(j.flags.skip, "site") && !slices.Contains(j.flags.skip, "models") {
		steps = append(steps, etl.Step{Name: "site", Run: j.buildSite, Again: true})
	}
	if !j.flags.dryRun {
		steps = append(steps, etl.Step{Name: "publish", Run: j.publish})
	}
	return steps
}

func (j *refreshJob) models(ctx context.Context, s *etl.State) error {
	o := modelOptions(j.config)
	o.AsOf, o.Seed = s.AsOf, j.config.Seed
	began := time.Now()
	o.Progress = func(model string, rows int64) {
		s.Rows += rows
		s.Note(s.Rows, model)
		j.log.Debug("scored", "model", model, "rows", rows, "took", time.Since(began).Round(time.Millisecond))
		began = time.Now()
	}
	if err := duck.Forget(ctx, s.Conn); err != nil {
		return err
	}
	return models.Run(ctx, j.record(s.Conn), o)
}

// rollups builds what the catalog declares. One that cannot be used is told and
// left out: answers then come from the facts.
func (j *refreshJob) rollups(ctx context.Context, s *etl.State) error {
	model, err := catalog.Load(userCatalog(j.config))
	if err != nil {
		return err
	}
	limits := rollup.DefaultLimits()
	limits.Facts = rollup.WorthFacts
	changed, err := star.Changed(ctx, s.Conn)
	if err != nil {
		return err
	}
	began := j.app.now()
	built, err := rollup.Update(ctx, s.Conn, model, changedDays(changed), rollup.Options{Run: s.RunID, Seed: uint64(j.config.Seed), Limits: limits,
		Progress: func(name string, rows int64) {
			now := j.app.now()
			j.log.Debug("rollups", "table", name, "rows", rows, "took", now.Sub(began).Round(time.Millisecond))
			began = now
			s.Rows += rows
			s.Note(s.Rows, name)
		}})
	for _, r := range built {
		switch r.State {
		case rollup.Failed:
			j.log.Warn("rollup not used: its answers differ from those of the facts", "table", r.Name, "reason", r.Reason)
		case rollup.Skipped:
			j.log.Debug("rollup not built", "table", r.Name, "reason", r.Reason)
		}
	}
	return err
}

func (j *refreshJob) buildSite(ctx context.Context, s *etl.State) error {
	pending, err := j.app.prepareSite(ctx, s.DB, j.config, j.config.Site, "")
	if err != nil {
		return fmt.Errorf("build the report site: %w", err)
	}
	j.site = pending
	s.Note(0, fmt.Sprintf("%d pages", pending.Summary.Pages))
	return nil
}

// publish makes the draft the current generation and then the new site visible.
func (j *refreshJob) publish(ctx context.Context, s *etl.State) error {
	if err := s.ReleaseConn(); err != nil {
		return err
	}
	if err := j.draft.Name(s.RunID); err != nil {
		return err
	}
	generation, err := j.draft.Publish(ctx)
	if err != nil {
		return err
	}
	s.Generation = generation.Name
	if j.site != nil {
		if err := j.site.Publish(); err != nil {
			return fmt.Errorf("generation %s is published, but its report site is not: %w (run: verso site)", generation.Name, err)
		}
	}
	_, err = j.warehouse.Prune(j.config.Keep)
	return err
}

// summary tells what was done and where to look.
func (j *refreshJob) summary(r *etl.Result) error {
	var read, known, quarantined int64
	for _, l := range r.Loads {
		read += l.Run.Read
		known += l.Read
		quarantined += l.Quarantined
	}
	rows := thousands(read) + " rows read, "
	if known != read {
		rows += thousands(known) + " known: "
	}
	out := j.app.stdout
	fmt.Fprintf(out, "run %s as of %s: %s%s loaded, %s in quarantine, in %.1f s\n", r.RunID, r.AsOf.Format(time.DateOnly),
		rows, thousands(known-quarantined), thousands(quarantined), j.app.now().Sub(j.started).Seconds())
	if r.Checks != nil {
		failed := 0
		for _, c := range r.Checks.Results {
			if !c.Passed {
				failed++
			}
		}
		fmt.Fprintf(out, "%d checks, %d with findings", len(r.Checks.Results), failed)
		if n := r.Checks.Carried(); n > 0 {
			fmt.Fprintf(out, "; %d of them carried over, as nothing they read has changed (verso check runs all)", n)
		}
		if failed > 0 {
			fmt.Fprintf(out, "; what they are: verso check -c %s", j.config.File)
		}
		fmt.Fprintln(out)
	}
	if j.flags.dryRun {
		_, err := fmt.Fprintln(out, "dry run: nothing was published")
		return err
	}
	fmt.Fprintf(out, "published generation %s\n", r.Run.Generation)
	if j.site == nil {
		return nil
	}
	return j.app.printSite(j.site.Summary)
}

// draftSize is what the draft takes on the disk.
func (j *refreshJob) draftSize() int64 {
	var total int64
	for _, path := range []string{j.draft.Path(), j.draft.Path() + ".wal"} {
		if info, err := os.Stat(path); err == nil {
			total += info.Size()
		}
	}
	return total
}
