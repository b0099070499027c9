package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"verso/etl/config"
	"verso/olap/backup"
	"verso/olap/engine"
	"verso/olap/engine/duck"
)

// restoreFlags are the choices of one restore.
type restoreFlags struct {
	dir     string
	replace bool
}

func (a *app) restoreCommand() *cobra.Command {
	var f restoreFlags
	cmd := &cobra.Command{
		Use:   "restore BACKUP",
		Short: "Put a backup back, after comparing every checksum",
		Long: `restore takes a backup out beside its place, compares every file with its
checksum, opens the generation, and only then moves it in.

With --dir a new company folder is made: verso.yaml, catalog and warehouse. Without
it the warehouse of the configuration is restored; one that is there already is
kept under another name, and only replaced with --replace.`,
		Example: `  verso restore /backups/mycompany.tar --dir mycompany
  verso restore /backups/mycompany.tar.age -c mycompany/verso.yaml --replace`,
		Args: usageArgs(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.dir != "" {
				return a.restoreCompany(cmd.Context(), args[0], f.dir)
			}
			return a.restoreWarehouse(cmd.Context(), args[0], f.replace)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.dir, "dir", "", "new folder for configuration, catalog and warehouse")
	flags.BoolVar(&f.replace, "replace", false, "replace the warehouse that is there; it is kept beside")
	return cmd
}

// unpack reads a backup into a folder beside its place and opens what it holds.
func (a *app) unpack(ctx context.Context, source, into string) (backup.Manifest, error) {
	ids, err := backup.Identities(a.env)
	if err != nil {
		return backup.Manifest{}, &configError{err}
	}
	if err := os.RemoveAll(into); err != nil { // left by a restore that was killed
		return backup.Manifest{}, err
	}
	m, err := backup.Read(ctx, source, into, ids)
	if err != nil {
		return m, err
	}
	if err := openable(ctx, filepath.Join(into, "warehouse", "generations", m.Generation)); err != nil {
		return m, errors.Join(&backup.DamagedError{Path: source, What: "its generation cannot be opened", Cause: err}, os.RemoveAll(into))
	}
	return m, nil
}

// openable opens a generation and reads its run.
func openable(ctx context.Context, path string) (err error) {
	db, err := duck.Open(ctx, duck.Options{Path: path, ReadOnly: true, MaxConns: 1})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	_, err = engine.One(ctx, conn, engine.SQL(`SELECT run_id FROM meta.run`))
	return err
}

// restoreCompany makes a whole folder.
func (a *app) restoreCompany(ctx context.Context, source, dir string) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
		return fmt.Errorf("restore: %s is not empty: name a new folder", dir)
	}
	part := dir + ".restoring"
	m, err := a.unpack(ctx, source, part)
	if err != nil {
		return err
	}
	if err := a.arrange(part, m); err != nil {
		return errors.Join(err, os.RemoveAll(part))
	}
	if err := os.Remove(dir); err != nil && !errors.Is(err, os.ErrNotExist) { // empty, as seen above
		return err
	}
	if err := os.Rename(part, dir); err != nil {
		return err
	}
	return a.restored(m, dir)
}

// arrange moves the files of a backup to where its verso.yaml says.
func (a *app) arrange(part string, m backup.Manifest) error {
	file := ""
	for _, f := range m.Files {
		if name, ok := strings.CutPrefix(f.Name, "config/"); ok && !strings.Contains(name, "/") {
			file = name
		}
	}
	if file == "" {
		return &backup.DamagedError{Path: part, What: "it holds no configuration"}
	}
	here := filepath.Join(part, "config")
	cfg, err := config.Load(filepath.Join(here, file), func(name string) (string, bool) {
		if value, ok := a.env(name); ok {
			return value, true
		}
		return "unset", true // only where the warehouse lies matters here
	})
	if err != nil {
		return err
	}
	place, err := filepath.Rel(here, cfg.Warehouse)
	if err != nil || !filepath.IsLocal(place) {
		return fmt.Errorf("restore: %s puts the warehouse at %s, outside the folder: restore it there with: verso restore -c %s", file, cfg.Warehouse, file)
	}
	if err := os.Rename(filepath.Join(part, "warehouse"), filepath.Join(part, ".warehouse")); err != nil {
		return err
	}
	entries, err := os.ReadDir(here)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := os.Rename(filepath.Join(here, e.Name()), filepath.Join(part, e.Name())); err != nil {
			return err
		}
	}
	if err := os.Remove(here); err != nil {
		return err
	}
	target := filepath.Join(part, place)
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return err
	}
	return os.Rename(filepath.Join(part, ".warehouse"), target)
}

// restoreWarehouse restores the warehouse of the configuration alone.
func (a *app) restoreWarehouse(ctx context.Context, source string, replace bool) error {
	cfg, err := a.loadReaderConfig()
	if err != nil {
		return err
	}
	entries, err := os.ReadDir(cfg.Warehouse)
	there := err == nil && len(entries) > 0
	if there && !replace {
		return fmt.Errorf("restore: there is a warehouse at %s: add --replace to put the backup in its place (it is kept beside), or --dir to restore elsewhere", cfg.Warehouse)
	}
	unlock := func() error { return nil }
	if there {
		w, err := a.openWarehouse(cfg)
		if err != nil {
			return err
		}
		defer w.Close()
		if unlock, err = w.Lock(ctx); err != nil {
			return err
		}
	}
	m, err := a.swap(ctx, source, cfg.Warehouse, there)
	if err = errors.Join(err, unlock()); err != nil {
		return err
	}
	return a.restored(m, cfg.Warehouse)
}

// swap unpacks a backup beside the warehouse and puts it in its place.
func (a *app) swap(ctx context.Context, source, place string, there bool) (backup.Manifest, error) {
	part := place + ".restoring"
	m, err := a.unpack(ctx, source, part)
	if err != nil {
		return m, err
	}
	if there {
		before := place + ".before-" + a.now().UTC().Format("20060102T150405")
		if err := os.Rename(place, before); err != nil {
			return m, err
		}
		fmt.Fprintln(a.stdout, "the warehouse that was there is now", before)
	} else if err := os.Remove(place); err != nil && !errors.Is(err, os.ErrNotExist) {
		return m, err
	}
	if err := os.Rename(filepath.Join(part, "warehouse"), place); err != nil {
		return m, err
	}
	return m, os.RemoveAll(part)
}

func (a *app) restored(m backup.Manifest, place string) error {
	made, err := time.Parse(time.RFC3339, m.Created)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.stdout, "restored generation %s of %s to %s: %s files, %s, every checksum right\nbuild its pages with: verso site\n",
		m.Generation, made.Format(time.DateTime), place, thousands(int64(len(m.Files))), inMegabytes(m.Bytes()))
	return err
}
