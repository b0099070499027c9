package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"verso/etl/config"
	"verso/etl/demo"
	"verso/etl/demo/replay"
	"verso/olap/engine"
	"verso/olap/engine/duck"
)

// untilNext is what --advance means without a date.
const untilNext = "next"

// nightFlags are the choices of `verso demo` about nights.
type nightFlags struct {
	nights  int
	mode    string
	advance string
}

func (f *nightFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.IntVar(&f.nights, "nights", 0, "prepare a company that stands so many nights before --as-of")
	flags.StringVar(&f.mode, "mode", replay.ModeSnapshot, "with --nights: snapshot (whole tables each night) or delta (a file per table and day)")
	flags.StringVar(&f.advance, "advance", "", "go on to the next night of a prepared company, or to a date")
	flags.Lookup("advance").NoOptDefVal = untilNext
}

// check refuses what does not go together.
func (f *nightFlags) check(cmd *cobra.Command, d *demoFlags, args []string) error {
	path := cmd.CommandPath()
	if len(args) == 1 && f.advance == untilNext {
		f.advance, args = args[0], nil
	}
	switch {
	case len(args) > 0:
		return usagef(path, "%q is not expected here", args[0])
	case f.advance != "" && cmd.Flags().Changed("nights"):
		return usagef(path, "--nights prepares a company and --advance goes on with it: give one of them")
	case f.mode != replay.ModeSnapshot && f.mode != replay.ModeDelta:
		return usagef(path, "--mode: %q is neither snapshot nor delta", f.mode)
	case cmd.Flags().Changed("mode") && f.nights == 0:
		return usagef(path, "--mode means nothing without --nights")
	case cmd.Flags().Changed("nights") && (f.nights < 1 || f.nights > replay.MaxNights):
		return usagef(path, "--nights: %d is outside 1 to %d", f.nights, replay.MaxNights)
	case f.nights > 0 && d.options.Dirty:
		return usagef(path, "--nights has troubles of its own: leave --dirty out")
	}
	return nil
}

// runNights generates the complete company, writes its first evening and loads
// it.
func (a *app) runNights(ctx context.Context, f demoFlags) error {
	started := a.now()
	folder := &replay.Folder{Dir: f.options.Dir, Mode: f.night.mode, Format: f.options.Format, Scale: f.options.Scale,
		Seed: f.options.Seed, Nights: f.night.nights}
	f.options.Dir = folder.Company()
	options, err := f.options.WithDefaults()
	if err != nil {
		return err
	}
	folder.AsOf = replay.Day{Time: options.AsOf}
	if err := os.MkdirAll(options.Dir, 0o755); err != nil {
		return err
	}
	if _, err := demo.Generate(ctx, options); err != nil {
		return err
	}
	err = onScratch(ctx, folder.Dir, func(conn engine.Conn) error { return folder.Start(ctx, conn) })
	if err != nil {
		return err
	}
	a.configPath = filepath.Join(folder.Dir, "verso.yaml")
	if err := os.WriteFile(a.configPath, folder.Config(readsIncrements), 0o644); err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "the company of %s stands at %s, %d nights before (%s)\n", folder.AsOf, folder.Today, folder.Nights,
		a.now().Sub(started).Round(10*time.Millisecond))
	if f.only {
		fmt.Fprintf(a.stdout, "next: verso refresh -c %s\n", a.configPath)
		return nil
	}
	cfg, err := config.Load(a.configPath, a.env)
	if err != nil {
		return err
	}
	return a.refresh(ctx, cfg, refreshFlags{})
}

// readsIncrements says whether a configuration of nights tells the refresh how
// each table finds its changes.
const readsIncrements = true

// runAdvance goes on to the next night or a date.
func (a *app) runAdvance(cmd *cobra.Command, f demoFlags) error {
	ctx, started := cmd.Context(), a.now()
	var to time.Time
	if f.night.advance != untilNext {
		var err error
		if to, err = time.Parse(time.DateOnly, f.night.advance); err != nil {
			return usagef(cmd.CommandPath(), "--advance: %q is not a date like 2026-06-30", f.night.advance)
		}
	}
	folder, err := replay.OpenFolder(f.options.Dir)
	if errors.Is(err, replay.ErrNoReplay) {
		return fmt.Errorf("%w; prepare them: verso demo --dir %s --nights 30", err, f.options.Dir)
	}
	if err != nil {
		return err
	}
	err = onScratch(ctx, folder.Dir, func(conn engine.Conn) error { return folder.Advance(ctx, conn, to) })
	if err != nil {
		return err
	}
	left := int(folder.AsOf.Time.Sub(folder.Today.Time).Hours() / 24)
	fmt.Fprintf(a.stdout, "%s shows the evening of %s; nights ahead: %d (%s)\n", filepath.Join(folder.Dir, "data"), folder.Today,
		left, a.now().Sub(started).Round(10*time.Millisecond))
	fmt.Fprintf(a.stdout, "next: verso refresh -c %s --as-of %s\n", filepath.Join(folder.Dir, "verso.yaml"), folder.Today)
	return nil
}

// scratchMemory bounds what replaying nights holds in memory; large companies
// spill.
const scratchMemory = "2GB"

// onScratch runs fn on a connection of a database in memory that spills beside
// the folder.
func onScratch(ctx context.Context, dir string, fn func(engine.Conn) error) (err error) {
	spill := filepath.Join(dir, ".spill")
	defer os.RemoveAll(spill)
	db, err := duck.Open(ctx, duck.Options{TempDir: spill, MemoryLimit: scratchMemory})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	return fn(conn)
}
