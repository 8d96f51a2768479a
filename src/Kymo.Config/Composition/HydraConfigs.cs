namespace Kymo.Config;

/// <summary>
/// The program's own configs: the <c>hydra</c> node with the groups and keys that Hydra 1.3 has and users type. The names of its
/// two sources are Hydra's, so that messages list the search path as users know it.
/// </summary>
static class HydraConfigs
{
    /// <summary>The config that stands before the primary one.</summary>
    public const string Root = "hydra/config";

    /// <summary>Configs that come before those of the user: a folder of the user cannot replace them.</summary>
    public static BuiltInSource Package { get; } = new("hydra", "pkg", "hydra.conf", new Dictionary<string, string>
    {
        ["hydra/output/default"] = """
            # @package hydra
            run:
              dir: outputs/${now:%Y-%m-%d}/${now:%H-%M-%S}
            sweep:
              dir: multirun/${now:%Y-%m-%d}/${now:%H-%M-%S}
              subdir: ${hydra.job.num}
            """,
        ["hydra/env/default"] = "{}",
        ["hydra/help/default"] = """
            app_name: ${hydra.job.name}
            header: ${hydra.help.app_name} speaks the configuration language of Hydra.
            footer: |-
              Use --hydra-help to view the groups and keys of the hydra node.
            template: |-
              ${hydra.help.header}

              == Configuration groups ==
              Compose your configuration from those groups (group=option)

              $APP_CONFIG_GROUPS

              == Config ==
              Override anything in the config (foo.bar=value)

              $CONFIG

              ${hydra.help.footer}
            """,
        ["hydra/hydra_help/default"] = """
            hydra_help: ???
            template: |-
              == Flags ==
              $FLAGS_HELP

              == Configuration groups ==
              Compose your configuration from those groups (For example, append hydra/job_logging=disabled to command line)

              $HYDRA_CONFIG_GROUPS

              Use '--cfg hydra' to Show the Hydra config.
            """,
        ["hydra/hydra_logging/default"] = """
            version: 1
            formatters:
              simple:
                format: '[%(asctime)s][HYDRA] %(message)s'
            handlers:
              console:
                class: logging.StreamHandler
                formatter: simple
                stream: ext://sys.stdout
            root:
              level: INFO
              handlers: [console]
            loggers:
              logging_example:
                level: DEBUG
            disable_existing_loggers: false
            """,
        ["hydra/hydra_logging/disabled"] = "version: 1\nroot: null\n",
        ["hydra/hydra_logging/hydra_debug"] = """
            version: 1
            formatters:
              simple:
                format: '[%(asctime)s][HYDRA] %(message)s'
            handlers:
              console:
                class: logging.StreamHandler
                formatter: simple
                stream: ext://sys.stdout
            root:
              level: DEBUG
              handlers: [console]
            disable_existing_loggers: false
            """,
        ["hydra/hydra_logging/none"] = "root: null\n",
        ["hydra/job_logging/default"] = """
            version: 1
            formatters:
              simple:
                format: '[%(asctime)s][%(name)s][%(levelname)s] - %(message)s'
            handlers:
              console:
                class: logging.StreamHandler
                formatter: simple
                stream: ext://sys.stdout
              file:
                class: logging.FileHandler
                formatter: simple
                filename: ${hydra.runtime.output_dir}/${hydra.job.name}.log
            root:
              level: INFO
              handlers: [console, file]
            disable_existing_loggers: false
            """,
        ["hydra/job_logging/disabled"] = "version: 1\nroot:\n  level: INFO\n  handlers: []\ndisable_existing_loggers: false\n",
        ["hydra/job_logging/none"] = "root: null\n",
        ["hydra/job_logging/stdout"] = """
            version: 1
            formatters:
              simple:
                format: '[%(asctime)s][%(name)s][%(levelname)s] - %(message)s'
            handlers:
              console:
                class: logging.StreamHandler
                formatter: simple
                stream: ext://sys.stdout
            root:
              level: INFO
              handlers: [console]
            disable_existing_loggers: false
            """,
    });

    /// <summary>
    /// Configs that come after those of the user; what a folder of the user holds under the same name is merged into them.
    /// </summary>
    public static BuiltInSource Schema { get; } = new("schema", "structured", "", new Dictionary<string, string>
    {
        [ConfigRepository.EmptyConfig] = "{}",
        [Root] = """
            defaults:
              - output: default
              - launcher: basic
              - sweeper: basic
              - help: default
              - hydra_help: default
              - hydra_logging: default
              - job_logging: default
              - callbacks: null
              - env: default
            mode: null
            searchpath: []
            callbacks: {}
            output_subdir: .hydra
            overrides:
              hydra: []
              task: []
            job:
              name: ???
              chdir: null
              override_dirname: ???
              id: ???
              num: ???
              config_name: ???
              env_set: {}
              env_copy: []
              config:
                override_dirname:
                  kv_sep: '='
                  item_sep: ','
                  exclude_keys: []
            runtime:
              version: ???
              version_base: ???
              cwd: ???
              config_sources: ???
              output_dir: ???
              choices: {}
            verbose: false
            """,
        ["hydra/launcher/basic"] = "_target_: hydra._internal.core_plugins.basic_launcher.BasicLauncher\n",
        ["hydra/launcher/slurm"] = """
            _target_: hydra_plugins.hydra_submitit_launcher.submitit_launcher.SlurmLauncher
            name: ${hydra.job.name}
            partition: null
            account: null
            qos: null
            constraint: null
            exclude: null
            gres: null
            timeout_min: 60
            nodes: 1
            tasks_per_node: 1
            cpus_per_task: null
            gpus_per_node: null
            mem_gb: null
            signal_delay_s: 120
            max_num_timeout: 0
            array_parallelism: 256
            additional_parameters: {}
            setup: null
            """,
        ["hydra/sweeper/basic"] = "_target_: hydra._internal.core_plugins.basic_sweeper.BasicSweeper\nmax_batch_size: null\n"
            + "params: null\n",
        ["hydra/sweeper/optuna"] = """
            defaults:
              - sampler: tpe
            _target_: hydra_plugins.hydra_optuna_sweeper.optuna_sweeper.OptunaSweeper
            direction: minimize
            storage: null
            study_name: null
            n_trials: 20
            n_jobs: 2
            max_failure_rate: 0.0
            search_space: null
            params: null
            custom_search_space: null
            """,
        ["hydra/sweeper/sampler/tpe"] = """
            _target_: optuna.samplers.TPESampler
            seed: null
            consider_prior: true
            prior_weight: 1.0
            consider_magic_clip: true
            consider_endpoints: false
            n_startup_trials: 10
            n_ei_candidates: 24
            multivariate: false
            warn_independent_sampling: true
            """,
        ["hydra/sweeper/sampler/random"] = "_target_: optuna.samplers.RandomSampler\nseed: null\n",
        ["hydra/sweeper/sampler/grid"] = "_target_: optuna.samplers.GridSampler\n",
        ["hydra/sweeper/sampler/cmaes"] = """
            _target_: optuna.samplers.CmaEsSampler
            seed: null
            x0: null
            sigma0: null
            independent_sampler: null
            warn_independent_sampling: true
            consider_pruned_trials: false
            restart_strategy: null
            inc_popsize: 2
            use_separable_cma: false
            source_trials: null
            """,
        ["hydra/sweeper/sampler/nsgaii"] = """
            _target_: optuna.samplers.NSGAIISampler
            seed: null
            population_size: 50
            mutation_prob: null
            crossover_prob: 0.9
            swapping_prob: 0.5
            constraints_func: null
            """,
        ["hydra/sweeper/sampler/motpe"] = """
            _target_: optuna.samplers.MOTPESampler
            seed: null
            consider_prior: true
            prior_weight: 1.0
            consider_magic_clip: true
            consider_endpoints: false
            n_startup_trials: 10
            n_ehvi_candidates: 24
            multivariate: false
            warn_independent_sampling: true
            """,
    });
}
