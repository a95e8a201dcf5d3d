// Measures expr-lang at one account a call: all definitions of a question over the accounts of a CSV file.
//
//	expr_lang QUESTION.json ACCOUNTS.csv
//
// QUESTION.json holds `conditions` (texts over the columns) and `definitions` (texts over t[0], t[1], …, or over the columns). Prints one JSON object: the best nanoseconds a
// call of each way of asking, and how many accounts each definition has.
package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"
)

type question struct {
	Conditions  []string `json:"conditions"`
	Definitions []string `json:"definitions"` // over the columns
	Named       []string `json:"named"`       // over t0, t1, …
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func accounts(path string) []map[string]any {
	file, err := os.Open(path)
	check(err)
	rows, err := csv.NewReader(file).ReadAll()
	check(err)
	var result []map[string]any
	for _, row := range rows[1:] {
		account := map[string]any{}
		for i, cell := range row {
			number, err := strconv.Atoi(cell)
			check(err)
			account[rows[0][i]] = number
		}
		result = append(result, account)
	}
	return result
}

// One program a definition.
func separate(asked question, env map[string]any) func(map[string]any, []int) {
	var programs []*vm.Program
	for _, text := range asked.Definitions {
		program, err := expr.Compile(text, expr.Env(env), expr.AsBool())
		check(err)
		programs = append(programs, program)
	}
	machine := vm.VM{}
	return func(account map[string]any, sizes []int) {
		for i, program := range programs {
			answer, err := machine.Run(program, account)
			check(err)
			if answer.(bool) {
				sizes[i]++
			}
		}
	}
}

// The conditions first, one program each; the definitions over their values.
func shared(asked question, env map[string]any) func(map[string]any, []int) {
	var conditions, programs []*vm.Program
	values := map[string]any{}
	for i, text := range asked.Conditions {
		program, err := expr.Compile(text, expr.Env(env), expr.AsBool())
		check(err)
		conditions = append(conditions, program)
		values["t"+strconv.Itoa(i)] = false
	}
	for _, text := range asked.Named {
		program, err := expr.Compile(text, expr.Env(values), expr.AsBool())
		check(err)
		programs = append(programs, program)
	}
	names := make([]string, len(conditions))
	for i := range names {
		names[i] = "t" + strconv.Itoa(i)
	}
	machine := vm.VM{}
	return func(account map[string]any, sizes []int) {
		for i, program := range conditions {
			answer, err := machine.Run(program, account)
			check(err)
			values[names[i]] = answer
		}
		for i, program := range programs {
			answer, err := machine.Run(program, values)
			check(err)
			if answer.(bool) {
				sizes[i]++
			}
		}
	}
}

// One program that gives all answers as an array.
func whole(asked question, env map[string]any) func(map[string]any, []int) {
	program, err := expr.Compile("["+strings.Join(asked.Definitions, ", ")+"]", expr.Env(env), expr.MaxNodes(0))
	check(err)
	machine := vm.VM{MemoryBudget: 1 << 40}
	return func(account map[string]any, sizes []int) {
		answer, err := machine.Run(program, account)
		check(err)
		for i, value := range answer.([]any) {
			if value.(bool) {
				sizes[i]++
			}
		}
	}
}

func main() {
	var asked question
	text, err := os.ReadFile(os.Args[1])
	check(err)
	check(json.Unmarshal(text, &asked))
	given := accounts(os.Args[2])
	ways := map[string]func(question, map[string]any) func(map[string]any, []int){"a program a definition": separate, "conditions first": shared, "one program": whole}
	best := map[string]float64{}
	var sizes []int
	for name, way := range ways {
		ask := way(asked, given[0])
		for repeat := 0; repeat < 3; repeat++ {
			counted := make([]int, len(asked.Definitions))
			start := time.Now()
			for _, account := range given {
				ask(account, counted)
			}
			took := float64(time.Since(start).Nanoseconds()) / float64(len(given))
			if best[name] == 0 || took < best[name] {
				best[name] = took
			}
			if sizes == nil {
				sizes = counted
			}
			for i := range sizes {
				if sizes[i] != counted[i] {
					fmt.Fprintln(os.Stderr, name, "gives other answers than the others")
					os.Exit(1)
				}
			}
		}
	}
	check(json.NewEncoder(os.Stdout).Encode(map[string]any{"ns_per_call": best, "sizes": sizes}))
}
