package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"filippo.io/age"
	"github.com/spf13/cobra"

	"verso/etl/config"
	"verso/olap/backup"
	"verso/olap/warehouse"
	"verso/reports/language"
	"verso/reports/pages/written"
)

// backupFlags are the choices of one backup.
type backupFlags struct {
	to      string
	encrypt bool
	verify  string
}

func (a *app) backupCommand() *cobra.Command {
	var f backupFlags
	cmd := &cobra.Command{
		Use:   "backup",
		Short: "Copy the warehouse to a folder or one file, with checksums",
		Long: `backup copies the published generation, the landing it can be rebuilt from, the
run ledger, verso.yaml, and merges.yaml and the catalog beside it. A name ending in .tar makes one
file, any other a folder. No refresh can run meanwhile; readers are not disturbed.

--encrypt encrypts with age. The keys come from the environment:
  ` + backup.RecipientVariable + `      public keys to encrypt to (age1…, with commas)
  ` + backup.IdentityVariable + `       secret key to decrypt with (AGE-SECRET-KEY-1…)
  ` + backup.IdentityFileVariable + `  file of secret keys
  ` + backup.PassphraseVariable + `     a passphrase, instead of keys

The warehouse itself is not encrypted: put its folder on an encrypted volume
(verso doctor tells whether it is on one).`,
		Example: `  verso backup --to /backups/mycompany.tar
  verso backup --encrypt --to /backups/mycompany.tar.age
  verso backup --verify /backups/mycompany.tar`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if f.verify != "" {
				return a.verifyBackup(cmd.Context(), f.verify)
			}
			return a.backup(cmd.Context(), f)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.to, "to", "", "where to: a name ending in .tar or .tar.age, or a folder (default: backups/ beside verso.yaml)")
	flags.BoolVar(&f.encrypt, "encrypt", false, "encrypt with the key in the environment")
	flags.StringVar(&f.verify, "verify", "", "read a backup and compare its checksums, changing nothing")
	return cmd
}

func (a *app) backup(ctx context.Context, f backupFlags) (err error) {
	cfg, err := a.loadReaderConfig()
	if err != nil {
		return err
	}
	var recipients []age.Recipient
	if f.encrypt {
		if recipients, err = backup.Recipients(a.env); err != nil {
			return &configError{err}
		}
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
	current, err := currentGeneration(w)
	if err != nil {
		return err
	}
	items, err := backupItems(cfg, current)
	if err != nil {
		return err
	}
	target := f.to
	if target == "" {
		target = filepath.Join(filepath.Dir(cfg.File), "backups", strings.TrimSuffix(current.Name, filepath.Ext(current.Name))+".tar")
		if f.encrypt {
			target += ".age"
		}
	}
	m, err := backup.Write(ctx, items, target, backup.Manifest{Verso: version, Created: a.now().UTC().Format(time.RFC3339), Generation: current.Name}, recipients)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.stdout, "backed up generation %s to %s: %s files, %s\n", m.Generation, target, thousands(int64(len(m.Files))), inMegabytes(m.Bytes()))
	return err
}

// inMegabytes writes a size for people.
func inMegabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }

// currentGeneration is the published generation.
func currentGeneration(w *warehouse.Warehouse) (warehouse.Generation, error) {
	all, err := w.Generations()
	if err != nil {
		return warehouse.Generation{}, err
	}
	for _, g := range all {
		if g.Current {
			return g, nil
		}
	}
	return warehouse.Generation{}, errors.New("there is nothing to back up: no generation is published (run: verso refresh)")
}

// backupItems lists the warehouse as warehouse/…, and the configuration and the
// catalog beside it as config/….
func backupItems(cfg *config.Config, current warehouse.Generation) ([]backup.Item, error) {
	items, err := filesBelow(cfg.Warehouse, "warehouse", func(name string) bool {
		dir, base, _ := strings.Cut(name, "/")
		switch {
		case dir == "generations":
			return base == current.Name
		case dir == "tmp", name == "LOCK":
			return false
		}
		return !strings.HasPrefix(filepath.Base(name), ".running-")
	})
	if err != nil {
		return nil, err
	}
	items = append(items, backup.Item{Name: "config/" + filepath.Base(cfg.File), Path: cfg.File})
	if merges := mergesFile(cfg); isFile(merges) {
		items = append(items, backup.Item{Name: "config/" + filepath.Base(merges), Path: merges})
	}
	for _, name := range written.Files() {
		if file := filepath.Join(filepath.Dir(cfg.File), name); isFile(file) {
			items = append(items, backup.Item{Name: "config/" + name, Path: file})
		}
	}
	if dir := userCatalog(cfg); dir != "" {
		cubes, err := filesBelow(dir, "config/catalog", func(string) bool { return true })
		if err != nil {
			return nil, err
		}
		items = append(items, cubes...)
	}
	if dir := filepath.Join(filepath.Dir(cfg.File), language.Folder); isFolder(dir) {
		languages, err := filesBelow(dir, "config/"+language.Folder, func(string) bool { return true })
		if err != nil {
			return nil, err
		}
		items = append(items, languages...)
	}
	if isFolder(pagesFolder(cfg)) {
		pages, err := filesBelow(pagesFolder(cfg), "config/pages", func(string) bool { return true })
		if err != nil {
			return nil, err
		}
		items = append(items, pages...)
	}
	return items, nil
}

// filesBelow lists the plain files of a folder in order of their names.
func filesBelow(dir, as string, wanted func(name string) bool) ([]backup.Item, error) {
	var items []backup.Item
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		if name := filepath.ToSlash(rel); wanted(name) {
			items = append(items, backup.Item{Name: as + "/" + name, Path: path})
		}
		return nil
	})
	slices.SortFunc(items, func(a, b backup.Item) int { return strings.Compare(a.Name, b.Name) })
	return items, err
}

func (a *app) verifyBackup(ctx context.Context, source string) error {
	ids, err := backup.Identities(a.env)
	if err != nil {
		return &configError{err}
	}
	m, err := backup.Read(ctx, source, "", ids)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.stdout, "%s is whole: generation %s, %s files, %s, made %s by verso %s\n", source, m.Generation,
		thousands(int64(len(m.Files))), inMegabytes(m.Bytes()), m.Created, m.Verso)
	return err
}
