package check

import (
	"context"

	"verso/olap/engine"
)

// ResultTable creates meta.check_result, empty.
const ResultTable = `CREATE OR REPLACE TABLE meta.check_result ("check_id" VARCHAR, "table_name" VARCHAR, "severity" VARCHAR, "description" VARCHAR, "hint" VARCHAR, "tested" BIGINT, "offenders" BIGINT, "threshold" DOUBLE, "passed" BOOLEAN, "samples" VARCHAR)`

// wordTable creates meta.check_word, empty: descriptions in Chinese of the
// user's own rules.
const wordTable = `CREATE OR REPLACE TABLE meta.check_word ("check_id" VARCHAR, "description_zh" VARCHAR)`

// Write stores a report in meta.check_result and meta.check_word of a draft, and
// in meta.check_table and meta.check_carry what the next run needs to carry
// results: with each, which run found it.
func Write(ctx context.Context, db engine.Execer, r *Report) error {
	if _, err := db.Exec(ctx, engine.SQL(ResultTable+"; "+wordTable)); err != nil {
		return err
	}
	var rows, words [][]any
	for _, x := range r.Results {
		rows = append(rows, []any{x.ID, x.Table, x.Severity, x.Description, x.Hint, x.Tested, x.Offenders, x.Threshold, x.Passed, x.Samples})
		if x.Chinese != "" {
			words = append(words, []any{x.ID, x.Chinese})
		}
	}
	if err := insert(ctx, db, "meta.check_result", rows); err != nil {
		return err
	}
	if err := insert(ctx, db, "meta.check_word", words); err != nil || r.memory == nil {
		return err
	}
	return r.memory.write(ctx, db, r.Results)
}

// stored adds the results of checks over landed files, which a published
// generation no longer has, judged anew by the overrides.
func stored(ctx context.Context, db engine.Querier, o Options, report *Report) error {
	const sql = `SELECT "check_id", "table_name", "severity", "description", "hint", "tested", "offenders", "threshold", "samples" FROM meta.check_result WHERE starts_with("check_id", '` + duplicateFamily + `.') ORDER BY "check_id"`
	return engine.Rows(ctx, db, engine.SQL(sql), func(row []any) error {
		r := Result{ID: engine.Text(row[0]), Table: engine.Text(row[1]), Severity: engine.Text(row[2]),
			Description: engine.Text(row[3]), Hint: engine.Text(row[4]), Samples: engine.Text(row[8])}
		r.Tested, _ = engine.Int(row[5])
		r.Offenders, _ = engine.Int(row[6])
		r.Threshold, _ = engine.Float(row[7])
		d := overridden(Definition{ID: r.ID, Family: duplicateFamily, Severity: r.Severity, Threshold: r.Threshold}, o.Overrides)
		if d.Severity == Off {
			return nil
		}
		r.Severity, r.Threshold = d.Severity, d.Threshold
		r.judge()
		report.Results = append(report.Results, r)
		return nil
	})
}
