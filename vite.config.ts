import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** Builds hashed files and `manifest.json`, which Django's `{% asset %}` tag reads. */
export default defineConfig({
  base: "./",
  publicDir: false,
  resolve: { alias: { "@": path("./frontend/src") } },
  css: {
    preprocessorOptions: {
      scss: { loadPaths: [path("./node_modules")], quietDeps: true, silenceDeprecations: ["import"] },
    },
  },
  build: {
    outDir: "src/ponte/ui/static/ponte",
    emptyOutDir: true,
    manifest: "manifest.json",
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: false,
    rollupOptions: {
      input: {
        app: path("./frontend/src/app.ts"),
        theme: path("./frontend/src/theme-early.ts"),
      },
      output: {
        entryFileNames: "[name]-[hash].js",
        chunkFileNames: "[name]-[hash].js",
        assetFileNames: "[name]-[hash][extname]",
      },
    },
  },
});
