package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"verso/etl"
	"verso/etl/star"
	"verso/olap/cube"
	"verso/olap/rollup"
)

// keysFile holds, beside the landed extracts, the keys that members have: a
// rebuild gives every member the same one.
func (j *refreshJob) keysFile() string {
	return filepath.Join(j.config.Warehouse, "landing", "keys.parquet")
}

func (j *refreshJob) loadKeys(ctx context.Context, s *etl.State) error {
	_, err := os.Stat(j.keysFile())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return star.LoadKeys(ctx, s.Conn, s.DB.Dialect().ReadParquet(j.keysFile()))
}

// saveKeys writes the keys beside and puts them in the place of the old ones,
// so that a crash leaves one or the other.
func (j *refreshJob) saveKeys(ctx context.Context, s *etl.State) error {
	beside := j.keysFile() + ".new"
	if err := os.MkdirAll(filepath.Dir(beside), 0o755); err != nil {
		return err
	}
	if err := star.SaveKeys(ctx, s.Conn, beside); err != nil {
		return err
	}
	f, err := os.OpenFile(beside, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(beside, j.keysFile())
}

// changedDays are the days whose facts the star made different, by cube; days of
// one month become one range.
func changedDays(changed map[string][]int64) func(*cube.Cube) ([]rollup.Days, bool) {
	return func(c *cube.Cube) (list []rollup.Days, ok bool) {
		days, ok := changed[c.Table]
		for _, day := range days {
			if n := len(list); n > 0 && list[n-1].First/100 == day/100 {
				list[n-1].Last = day
				continue
			}
			list = append(list, rollup.Days{First: day, Last: day})
		}
		return list, ok
	}
}
