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

// keys are the files that hold, beside the landed extracts, the keys that
// members and orders have: a rebuild gives them the same ones.
func (j *refreshJob) keys(ending string) star.Keys {
	dir := filepath.Join(j.config.Warehouse, "landing")
	return star.Keys{Members: filepath.Join(dir, "keys.parquet"+ending), Orders: filepath.Join(dir, "order-keys.parquet"+ending)}
}

func (j *refreshJob) loadKeys(ctx context.Context, s *etl.State) error {
	files := j.keys("")
	for _, path := range []string{files.Members, files.Orders} {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return nil
		} else if err != nil {
			return err
		}
	}
	scan := s.DB.Dialect().ReadParquet
	return star.LoadKeys(ctx, s.Conn, star.Keys{Members: scan(files.Members), Orders: scan(files.Orders)})
}

// saveKeys writes the keys beside and puts them in the place of the old ones,
// so that a crash leaves one or the other of each.
func (j *refreshJob) saveKeys(ctx context.Context, s *etl.State) error {
	files, beside := j.keys(""), j.keys(".new")
	if err := os.MkdirAll(filepath.Dir(files.Members), 0o755); err != nil {
		return err
	}
	if err := star.SaveKeys(ctx, s.Conn, beside); err != nil {
		return err
	}
	for from, to := range map[string]string{beside.Members: files.Members, beside.Orders: files.Orders} {
		f, err := os.OpenFile(from, os.O_RDWR, 0)
		if err != nil {
			return err
		}
		if err := errors.Join(f.Sync(), f.Close()); err != nil {
			return err
		}
		if err := os.Rename(from, to); err != nil {
			return err
		}
	}
	return nil
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
