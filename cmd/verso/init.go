package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"verso/etl/canon"
	"verso/etl/canon/preset"
	"verso/etl/config"
	"verso/etl/source"
)

// sampleRows are how many rows of a file a mapping is guessed from.
const sampleRows = 2000

// initFlags are the choices of `verso init`.
type initFlags struct {
	dir, dsn, company, currency, language string
	files, mapping                        []string
	force                                 bool
}

func (a *app) initCommand() *cobra.Command {
	var f initFlags
	var presets []string
	for _, p := range preset.List() {
		presets = append(presets, fmt.Sprintf("  %-18s %s", p.Name, p.Meaning))
	}
	cmd := &cobra.Command{
		Use:   "init [PRESET]",
		Short: "Write a commented verso.yaml for a source, having looked at it",
		Long: "init looks at files or takes the name of a database and writes a configuration\n" +
			"that maps it onto the canonical tables. It asks nothing and prints what it guessed.\n" +
			"Without a preset it looks at the database or files, recognises systems it knows, and\n" +
			"else proposes a mapping with a confidence and a reason for every column.\n\nPresets\n" + strings.Join(presets, "\n"),
		Example: `  verso init flat-orders --file orders.csv --dir mycompany
  verso init flat-orders --file orders.csv --map quantity=Menge --map price=Preis
  verso init northwind --dsn '${NORTHWIND_DSN}' --dir northwind
  verso init canonical --file exports/ --dir mycompany
  verso init --dsn '${SHOP_DSN}' --dir shop
  verso init --dsn shop.sqlite --dir shop`,
		Args: usageArgs(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error { return a.initialise(cmd, strings.Join(args, ""), f) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.dir, "dir", ".", "folder for verso.yaml; made when missing")
	flags.StringSliceVar(&f.files, "file", nil, "file to look at; for canonical: a folder")
	flags.StringVar(&f.dsn, "dsn", "", "database, usually '${NAME}' of an environment variable")
	flags.StringArrayVar(&f.mapping, "map", nil, "role=column, to override a guess (quantity=Menge); may be repeated")
	flags.StringVar(&f.company, "company", "", "name of the company, for the reports")
	flags.StringVar(&f.currency, "currency", "", "report currency, ISO 4217")
	flags.StringVar(&f.language, "lang", "", "language of the reports: en or zh")
	flags.BoolVar(&f.force, "force", false, "replace an existing verso.yaml")
	return cmd
}

func (a *app) initialise(cmd *cobra.Command, name string, f initFlags) error {
	if err := f.check(cmd, name); err != nil {
		return err
	}
	var text []byte
	var report preset.Report
	var err error
	if name == "" {
		text, report, err = a.proposal(cmd, f)
	} else {
		text, report, err = a.preset(cmd, name, f)
	}
	if err != nil {
		return err
	}
	if err := os.MkdirAll(f.dir, 0o755); err != nil {
		return err
	}
	target := filepath.Join(f.dir, "verso.yaml")
	if err := os.WriteFile(target, text, 0o644); err != nil {
		return err
	}
	a.printPreset(report, target)
	return nil
}

// check refuses what cannot be meant before anything is looked at.
func (f initFlags) check(cmd *cobra.Command, name string) error {
	i := slices.IndexFunc(preset.List(), func(p preset.Preset) bool { return p.Name == name })
	if i < 0 && name != "" {
		hint := ""
		if near := canon.Nearest(name, presetNames(), 1); near != nil {
			hint = "did you mean " + near[0] + "? presets: "
		}
		return usagef(cmd.CommandPath(), "unknown preset %q: %s%s", name, hint, strings.Join(presetNames(), ", "))
	}
	if name != "" {
		needs := preset.List()[i].Needs
		switch {
		case needs == "dsn" && f.dsn == "":
			return usagef(cmd.CommandPath(), "%s needs --dsn, such as --dsn '${%s}'", name, preset.Variable(name))
		case needs == "dsn or file" && f.dsn == "" && len(f.files) == 0:
			return usagef(cmd.CommandPath(), "%s needs --dsn, such as --dsn '${%s}', or --file with an export", name, preset.Variable(name))
		case (needs == "file" || needs == "folder") && len(f.files) == 0:
			return usagef(cmd.CommandPath(), "%s needs --file with a %s", name, needs)
		}
	}
	target := filepath.Join(f.dir, "verso.yaml")
	if _, err := os.Stat(target); err == nil && !f.force {
		return usagef(cmd.CommandPath(), "%s exists: use --force to replace it, or --dir for another folder", target)
	}
	return nil
}

// preset writes the configuration of a named preset. A database is looked at
// when it can be: what it lacks is left out, and said.
func (a *app) preset(cmd *cobra.Command, name string, f initFlags) ([]byte, preset.Report, error) {
	inputs := preset.Inputs{DSN: f.dsn, Company: f.company, Currency: f.currency, Language: f.language}
	var notes []string
	var err error
	if inputs.Map, err = parseMapping(cmd, f.mapping); err != nil {
		return nil, preset.Report{}, err
	}
	if inputs.Files, err = lookAtFiles(cmd.Context(), f); err != nil {
		return nil, preset.Report{}, err
	}
	if err := preset.Password(f.dsn); err != nil {
		return nil, preset.Report{}, &configError{err}
	}
	if f.dsn != "" && len(f.files) == 0 {
		looked := a.lookAtDatabase(cmd.Context(), f)
		inputs.Kind, inputs.Database, inputs.Tables = looked.kind, looked.path, looked.tables
		if looked.err != nil {
			notes = append(notes, "the database was not looked at: "+looked.err.Error())
		}
	}
	text, report, err := preset.Render(name, inputs)
	if err != nil {
		return nil, report, &configError{err}
	}
	report.Notes = append(notes, report.Notes...)
	return text, report, nil
}

func parseMapping(cmd *cobra.Command, pairs []string) (map[string]string, error) {
	mapping := map[string]string{}
	for _, pair := range pairs {
		role, column, ok := strings.Cut(pair, "=")
		if !ok || role == "" {
			return nil, usagef(cmd.CommandPath(), "--map: %q is not role=column, such as quantity=Menge", pair)
		}
		mapping[role] = column
	}
	return mapping, nil
}

// lookAtFiles sniffs and samples the files given; a folder stands for the files
// in it.
func lookAtFiles(ctx context.Context, f initFlags) ([]preset.File, error) {
	var paths []string
	for _, given := range f.files {
		info, err := os.Stat(given)
		if err != nil {
			return nil, &source.UnreadableError{Source: given, What: "cannot be read", Cause: err}
		}
		if !info.IsDir() {
			paths = append(paths, given)
			continue
		}
		err = filepath.WalkDir(given, func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() && !strings.HasPrefix(d.Name(), ".") {
				paths = append(paths, path)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	var files []preset.File
	for _, path := range paths {
		looked, err := lookAtFile(ctx, path, f.dir)
		var unreadable *source.UnreadableError
		if errors.As(err, &unreadable) && len(paths) > 1 {
			continue // a folder may hold other things: the preset reports what it maps
		}
		if err != nil {
			return nil, err
		}
		files = append(files, looked)
	}
	return files, nil
}

func lookAtFile(ctx context.Context, path, configDir string) (preset.File, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return preset.File{}, err
	}
	base, err := filepath.Abs(configDir)
	if err != nil {
		return preset.File{}, err
	}
	shown, err := filepath.Rel(base, absolute)
	if err != nil {
		shown = absolute
	}
	spool, err := os.MkdirTemp("", "verso-init-")
	if err != nil {
		return preset.File{}, err
	}
	defer os.RemoveAll(spool)
	opened, err := openSource(filepath.Base(path), config.Source{Kind: "file", Path: absolute}, places{spool: spool})
	if err != nil {
		return preset.File{}, err
	}
	defer opened.Close()
	conn, closeEngine, err := inMemory(ctx)
	if err != nil {
		return preset.File{}, err
	}
	defer closeEngine()
	request := source.Request{Name: filepath.Base(path)}
	columns, err := opened.Columns(ctx, conn, request)
	if err != nil {
		return preset.File{}, err
	}
	var rows [][]string
	if sampler, ok := opened.(source.Sampler); ok {
		if rows, err = sampler.Sample(ctx, conn, request, sampleRows); err != nil {
			return preset.File{}, err
		}
	}
	file := preset.File{Path: shown}
	for i, c := range columns {
		column := preset.Column{Name: c.Name, Type: c.Type}
		for _, row := range rows {
			column.Samples = append(column.Samples, row[i])
		}
		file.Columns = append(file.Columns, column)
	}
	return file, nil
}

// printPreset tells what was guessed and what to do next.
func (a *app) printPreset(r preset.Report, target string) {
	if r.Guess != nil {
		fmt.Fprintln(a.stdout, "guessed (override with --map role=column)")
		for _, p := range r.Guess.Picked {
			fmt.Fprintf(a.stdout, "  %-14s ← %-24s %3.0f %%  %s\n", p.Role, p.Column, 100*p.Confidence, p.Reason)
		}
		if len(r.Guess.Unused) > 0 {
			fmt.Fprintln(a.stdout, "  not used:", strings.Join(r.Guess.Unused, ", "))
		}
	}
	for _, p := range r.Proposed {
		fmt.Fprintln(a.stdout, "proposed:", p)
	}
	for _, note := range r.Notes {
		fmt.Fprintln(a.stdout, "note:", note)
	}
	fmt.Fprintf(a.stdout, "wrote %s (tables: %s)\nnext: verso refresh -c %s\n", target, strings.Join(r.Tables, ", "), target)
}
