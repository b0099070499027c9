package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"verso/reports/pages/answer"
)

func (a *app) questionsCommand() *cobra.Command {
	var format, lang string
	cmd := &cobra.Command{
		Use:   "questions [NO]...",
		Short: "Answer the questions a company asks about its customers",
		Long: `questions answers the 45 questions of the report's page from the published
generation, each in one sentence with its figures, and says where the report or a
cube query tells more. With numbers only these are answered. A question whose
source table was not supplied names it.`,
		Example: `  verso questions
  verso questions 24 25
  verso questions --lang zh --format json`,
		Args: usageArgs(cobra.ArbitraryArgs),
		RunE: func(cmd *cobra.Command, args []string) error {
			if format != "table" && format != "json" {
				return usagef(cmd.CommandPath(), "unknown format %q: table or json", format)
			}
			numbers, err := questionNumbers(cmd.CommandPath(), args)
			if err != nil {
				return err
			}
			p, err := a.openPublished(cmd.Context(), lang)
			if err != nil {
				return err
			}
			defer p.close()
			c, err := p.page(cmd.Context())
			if err != nil {
				return err
			}
			answers, err := answer.Ask(cmd.Context(), c, numbers...)
			if err != nil {
				return err
			}
			if format == "json" {
				return a.printJSON(answers)
			}
			return a.printAnswers(answers)
		},
	}
	cmd.Flags().StringVar(&format, "format", "table", "table or json")
	cmd.Flags().StringVar(&lang, "lang", "", "language of the answers: en or zh (default: the company's)")
	return cmd
}

// questionNumbers reads numbers such as 24 or Q24.
func questionNumbers(command string, args []string) ([]int, error) {
	var numbers []int
	for _, arg := range args {
		n, err := strconv.Atoi(strings.TrimPrefix(strings.ToUpper(arg), "Q"))
		if err != nil || n < 1 || n > answer.Count {
			return nil, usagef(command, "%q is no question: there are 1 to %d", arg, answer.Count)
		}
		numbers = append(numbers, n)
	}
	return numbers, nil
}

// printAnswers writes the answers by chapter, each with what tells more.
func (a *app) printAnswers(answers []answer.Answer) error {
	chapter := ""
	for _, q := range answers {
		if q.Chapter != chapter {
			if chapter != "" {
				fmt.Fprintln(a.stdout)
			}
			chapter = q.Chapter
			fmt.Fprintf(a.stdout, "%s\n", chapter)
		}
		more := q.Page
		if more == "" {
			more = "verso query '" + strings.ReplaceAll(q.Cell, "'", `'\''`) + "'"
		}
		if _, err := fmt.Fprintf(a.stdout, "%4d  %s\n      %s\n      > %s\n", q.No, q.Question, printable(q.Answer), more); err != nil {
			return err
		}
	}
	return nil
}
